/** Layers that pad their input. */
import { padNd } from './_pad_nd.js'

export type { PadOptions } from './_pad_nd.js'

/**
 * Pads with the mirror image of the input, the edge itself not repeated. Input (N, C, L) or (C, L); `padding` is a
 * number or [left, right].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad1d.html
 */
export class ReflectionPad1d extends padNd('ReflectionPad1d', 1, 'reflect') {}

/**
 * Pads with the mirror image of the input, the edge itself not repeated. Input (N, C, H, W) or (C, H, W); `padding`
 * is a number or [left, right, top, bottom].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad2d.html
 */
export class ReflectionPad2d extends padNd('ReflectionPad2d', 2, 'reflect') {}

/**
 * Pads with the mirror image of the input, the edge itself not repeated. Input (N, C, D, H, W) or (C, D, H, W);
 * `padding` is a number or [left, right, top, bottom, front, back].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad3d.html
 */
export class ReflectionPad3d extends padNd('ReflectionPad3d', 3, 'reflect') {}

/**
 * Pads with the values of the edge. Input (N, C, L) or (C, L); `padding` is a number or [left, right].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad1d.html
 */
export class ReplicationPad1d extends padNd('ReplicationPad1d', 1, 'replicate') {}

/**
 * Pads with the values of the edge. Input (N, C, H, W) or (C, H, W); `padding` is a number or [left, right, top,
 * bottom].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad2d.html
 */
export class ReplicationPad2d extends padNd('ReplicationPad2d', 2, 'replicate') {}

/**
 * Pads with the values of the edge. Input (N, C, D, H, W) or (C, D, H, W); `padding` is a number or [left, right,
 * top, bottom, front, back].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad3d.html
 */
export class ReplicationPad3d extends padNd('ReplicationPad3d', 3, 'replicate') {}

/**
 * Pads with the values of the opposite edge. Input (N, C, L) or (C, L); `padding` is a number or [left, right].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad1d.html
 */
export class CircularPad1d extends padNd('CircularPad1d', 1, 'circular') {}

/**
 * Pads with the values of the opposite edge. Input (N, C, H, W) or (C, H, W); `padding` is a number or [left, right,
 * top, bottom].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad2d.html
 */
export class CircularPad2d extends padNd('CircularPad2d', 2, 'circular') {}

/**
 * Pads with the values of the opposite edge. Input (N, C, D, H, W) or (C, D, H, W); `padding` is a number or [left,
 * right, top, bottom, front, back].
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad3d.html
 */
export class CircularPad3d extends padNd('CircularPad3d', 3, 'circular') {}

/** torch.vision.ops against torchvision.ops. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, describe, expect, test } from 'vitest'
import { runCompiledTorchvision, whyNoCompiledTorchvision } from './torchvision_ops.js'

type Tensor = torch.Tensor
const { ops } = torch.vision
const folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-vision-ops-api-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(whyNoCompiledTorchvision)('vision.ops', () => {
  test('functions and layers are torchvision’s', () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    runCompiledTorchvision('vision_ops_api.py', join(folder, 'answers.pt'), `${seed}`)
    const { inputs, out, texts } = torch.load(join(folder, 'answers.pt')) as {
      inputs: Record<string, Tensor> & { lists: Tensor[] }
      out: Record<string, Tensor>
      texts: string[]
    }
    const { a, b, x, lists } = inputs as unknown as { a: Tensor; b: Tensor; x: Tensor; lists: Tensor[] }
    torch.manual_seed(5)
    const layer = new ops.DeformConv2d(8, 4, 3)
    const mine: Record<string, Tensor> = {
      nms: ops.nms(a, inputs.scores!, 0.3),
      batched_nms: ops.batched_nms(a, inputs.scores!, inputs.classes!, 0.3),
      'batched_nms many': ops.batched_nms(inputs.many!, inputs.many_scores!, inputs.many_classes!, 0.3),
      remove_small_boxes: ops.remove_small_boxes(a, 4),
      clip_boxes_to_image: ops.clip_boxes_to_image(a, [9, 13]),
      box_area: ops.box_area(a),
      'box_area half': ops.box_area(a.half()),
      box_iou: ops.box_iou(a, b),
      'box_iou xywh': ops.box_iou(a, b, 'xywh'),
      'box_iou cxcywh': ops.box_iou(a, b, { fmt: 'cxcywh' }),
      generalized_box_iou: ops.generalized_box_iou(a, b),
      distance_box_iou: ops.distance_box_iou(a, b),
      masks_to_boxes: ops.masks_to_boxes(inputs.masks!),
      roi_align: ops.roi_align(x, lists, [3, 2], 0.5, 2, true),
      roi_pool: ops.roi_pool(x, lists, 2, { spatial_scale: 0.5 }),
      ps_roi_align: ops.ps_roi_align(x, lists, 2, 0.5),
      ps_roi_pool: ops.ps_roi_pool(x, lists, 2),
      RoIAlign: new ops.RoIAlign(3, 1, -1)(x, lists),
      DeformConv2d: layer(x, inputs.offset!, inputs.mask!),
      'DeformConv2d without mask': layer(x, inputs.offset!),
    }
    for (const fmt of ['xyxy', 'xywh', 'cxcywh'] as const)
      for (const to of ['xyxy', 'xywh', 'cxcywh'] as const)
        mine[`box_convert ${fmt} ${to}`] = ops.box_convert(a, fmt, to)
    expect(Object.keys(mine).sort()).toEqual(Object.keys(out).sort())
    for (const [name, told] of Object.entries(out)) {
      const what = `${name} (seed ${seed})`
      expect([mine[name]!.dtype, String(mine[name]!.shape)], what).toEqual([told.dtype, String(told.shape)])
      expect(mine[name]!.allclose(told, { rtol: 1e-5, atol: 1e-5 }), what).toBe(true)
    }
    const layers = [
      new ops.RoIAlign(3, 1, -1),
      new ops.RoIPool([2, 3], 0.5),
      new ops.PSRoIAlign(2, 0.25, 2),
      new ops.PSRoIPool(2, 1),
      layer,
    ]
    expect(layers.map(String)).toEqual(texts)
  })
})

describe('wrong arguments of vision.ops', () => {
  test('are errors', () => {
    const boxes = torch.zeros(2, 4)
    expect(() => ops.box_convert(boxes, 'xyxy', 'xyyx' as 'xyxy')).toThrow(torch.ValueError)
    expect(() => ops.box_area(boxes, 'x' as 'xyxy')).toThrow(torch.ValueError)
    expect(() => ops.box_iou(boxes, boxes, 'x' as 'xyxy')).toThrow(torch.ValueError)
    expect(() => ops.roi_align(torch.zeros(1, 1, 4, 4), boxes, 2)).toThrow(/K, 5/)
    expect(() => ops.roi_align(torch.zeros(1, 1, 4, 4), [torch.zeros(2, 5)], 2)).toThrow(/L, 4/)
    expect(() => new ops.DeformConv2d(3, 4, 3, { groups: 2 })).toThrow(torch.ValueError)
    expect(() => new ops.DeformConv2d(4, 4, 3)(torch.zeros(1, 4, 5, 5), torch.zeros(1, 2, 3, 3))).toThrow(/not valid/)
    expect(ops.nms(torch.zeros(0, 4), torch.zeros(0), 0.5).shape).toEqual([0])
    expect(ops.batched_nms(torch.zeros(0, 4), torch.zeros(0), torch.zeros(0), 0.5).shape).toEqual([0])
    expect(ops.masks_to_boxes(torch.zeros(0, 3, 3)).shape).toEqual([0, 4])
  })
})

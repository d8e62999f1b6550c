/** A sheet of pictures, each framed green where the model was right and red where it was wrong, with what it said. */
import * as torch from 'torch-node'

const { make_grid, save_image } = torch.vision.utils

const green: readonly number[] = [0.1, 0.65, 0.25]
const red: readonly number[] = [0.85, 0.15, 0.15]
/** Pixels of the frame, and how much larger a picture is drawn. */
const frame = 4
const zoom = 2

/** The digits 0 to 9 in 3×5 dots, from the top; a row's bits are its dots. */
const digits = [
  [7, 5, 5, 5, 7],
  [2, 6, 2, 2, 7],
  [7, 1, 7, 4, 7],
  [7, 1, 7, 1, 7],
  [5, 5, 7, 1, 1],
  [7, 4, 7, 1, 7],
  [7, 4, 7, 5, 7],
  [7, 1, 1, 2, 2],
  [7, 5, 7, 5, 7],
  [7, 5, 7, 1, 7],
]

/** The dots of a digit as ones: (10, 6). */
function glyph(digit: number): torch.Tensor {
  const dots = digits[digit]!.map(row => [4, 2, 1].map(bit => (row & bit ? 1 : 0)))
  return enlarged(torch.tensor(dots), 2)
}

function enlarged(image: torch.Tensor, times: number): torch.Tensor {
  return image.repeat_interleave(times, -1).repeat_interleave(times, -2)
}

/** One picture, uint8 (28, 28) → (3, 64, 64): framed, with the predicted digit in the corner. */
function tile(image: torch.Tensor, predicted: number, target: number): torch.Tensor {
  const color = torch.tensor([...(predicted === target ? green : red)]).view(3, 1, 1)
  const inside = enlarged(image.to(torch.float32).div(255), zoom)
  const [height, width] = [inside.size(0), inside.size(1)]
  const result = color.expand(3, height + 2 * frame, width + 2 * frame).clone()
  result.narrow(1, frame, height).narrow(2, frame, width).copy_(inside)
  const dots = glyph(predicted)
  const corner = result.narrow(1, frame + 2, dots.size(0)).narrow(2, frame + 2, dots.size(1))
  corner.copy_(corner.mul(dots.eq(0)).add(dots.mul(color)))
  return result
}

/** Draws the pictures in rows of `nrow` into a PNG file. */
export async function savePredictions(
  path: string,
  images: torch.Tensor,
  predicted: readonly number[],
  targets: readonly number[],
  nrow = 12,
): Promise<void> {
  const tiles = predicted.map((digit, i) => tile(images.select(0, i), digit, targets[i]!))
  await save_image(make_grid(tiles, { nrow, padding: 3, pad_value: 1 }), path)
}

/** A picture for the guide's programs: the one named on the command line, or one made here. */
import * as torch from 'torch-node'

const { Image } = torch.vision

/** A sun over a meadow, of the given size. */
function landscape(width: number, height: number): torch.vision.Image {
  const pixels = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const meadow = y > height * 0.7 + 6 * Math.sin(x / 15)
      const sun = Math.hypot(x - width * 0.7, y - height * 0.3) < height * 0.15
      const sky = 140 + Math.round((100 * y) / height)
      pixels.set(meadow ? [60, 150, 60] : sun ? [250, 210, 60] : [90, sky, 240], (y * width + x) * 3)
    }
  }
  return Image.frombytes('RGB', [width, height], pixels)
}

/** The first argument's picture, in colours; without an argument, a made one. */
export async function exampleImage(path = process.argv[2], width = 320, height = 240): Promise<torch.vision.Image> {
  return path === undefined ? landscape(width, height) : (await Image.open(path)).convert('RGB')
}

/** `count` small pictures (3, size, size), each of one of two classes that a network can tell apart by their colour. */
export function colouredSquares(
  count: number,
  size: number,
): torch.utils.data.TensorDataset<[torch.Tensor, torch.Tensor]> {
  const labels = torch.randint(0, 2, [count], { dtype: torch.int64 })
  const warm = labels.view(-1, 1, 1, 1).to(torch.float32)
  const base = torch.cat([warm, torch.full([count, 1, 1, 1], 0.5), warm.neg().add(1)], 1)
  const images = base
    .expand(count, 3, size, size)
    .mul(0.5)
    .add(torch.rand(count, 3, size, size).mul(0.5))
  return new torch.utils.data.TensorDataset(images, labels)
}

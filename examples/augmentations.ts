/**
 * Every transform of torchvision in one picture: a contact sheet, with the name of each under what it made.
 *
 *     npm run example examples/augmentations.ts [PICTURE]
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { exampleImage } from './support/example_image.js'

const { transforms: T } = torch.vision
const { draw_bounding_boxes, make_grid, save_image } = torch.vision.utils

const [width, height, line] = [128, 96, 12]
const picture = (await exampleImage()).resize([width, height])
const pixels = new T.ToTensor()(picture)
torch.manual_seed(1)

type Result = torch.vision.Image | torch.Tensor | readonly torch.vision.Image[]

/** The largest and the smallest value become 1 and 0. */
const stretched = (x: torch.Tensor) => x.sub(x.min()).div(x.max().sub(x.min()))
const whitening = torch.eye(3).mul(0.7).add(0.1)
const first = pixels.at('...', torch.slice(0, 32), torch.slice(0, 32)).contiguous()

/** What each transform makes of the picture. */
const makers: Record<string, () => Result> = {
  original: () => picture,
  AugMix: () => new T.AugMix()(picture),
  AutoAugment: () => new T.AutoAugment()(picture),
  CenterCrop: () => new T.CenterCrop([60, 80])(picture),
  ColorJitter: () => new T.ColorJitter(0.6, 0.6, 0.6, 0.3)(picture),
  Compose: () => new T.Compose([new T.RandomVerticalFlip(1), new T.Grayscale()])(picture),
  ConvertImageDtype: () => new T.ConvertImageDtype(torch.uint8)(pixels),
  ElasticTransform: () => new T.ElasticTransform(120)(picture),
  FiveCrop: () => new T.FiveCrop([40, 50])(picture),
  GaussianBlur: () => new T.GaussianBlur(9, 3)(picture),
  Grayscale: () => new T.Grayscale()(picture),
  Lambda: () => new T.Lambda((image: torch.vision.Image) => image.transpose('flip_top_bottom'))(picture),
  LinearTransformation: () =>
    new T.LinearTransformation(torch.kron(whitening, torch.eye(32 * 32)), torch.zeros(3 * 32 * 32))(first),
  Normalize: () => stretched(new T.Normalize([0.4, 0.5, 0.6], [0.1, 0.2, 0.3])(pixels)),
  Pad: () => new T.Pad(12, { padding_mode: 'reflect' })(picture),
  PILToTensor: () => new T.PILToTensor()(picture),
  RandAugment: () => new T.RandAugment()(picture),
  RandomAdjustSharpness: () => new T.RandomAdjustSharpness(6, 1)(picture),
  RandomAffine: () => new T.RandomAffine(20, { shear: 20 })(picture),
  RandomApply: () => new T.RandomApply([new T.RandomHorizontalFlip(1)], 1)(picture),
  RandomAutocontrast: () => new T.RandomAutocontrast(1)(picture),
  RandomChoice: () => new T.RandomChoice([new T.RandomInvert(1), new T.Grayscale()])(picture),
  RandomCrop: () => new T.RandomCrop([60, 80])(picture),
  RandomEqualize: () => new T.RandomEqualize(1)(picture),
  RandomErasing: () => new T.RandomErasing(1)(pixels),
  RandomGrayscale: () => new T.RandomGrayscale(1)(picture),
  RandomHorizontalFlip: () => new T.RandomHorizontalFlip(1)(picture),
  RandomInvert: () => new T.RandomInvert(1)(picture),
  RandomOrder: () => new T.RandomOrder([new T.CenterCrop([70, 90]), new T.RandomRotation(30)])(picture),
  RandomPerspective: () => new T.RandomPerspective(0.6, 1)(picture),
  RandomPosterize: () => new T.RandomPosterize(2, 1)(picture),
  RandomResizedCrop: () => new T.RandomResizedCrop([height, width])(picture),
  RandomRotation: () => new T.RandomRotation(40)(picture),
  RandomSolarize: () => new T.RandomSolarize(140, 1)(picture),
  RandomVerticalFlip: () => new T.RandomVerticalFlip(1)(picture),
  Resize: () => new T.Resize([48, 64])(picture),
  TenCrop: () => new T.TenCrop([40, 50])(picture),
  ToPILImage: () => new T.ToPILImage()(pixels),
  ToTensor: () => new T.ToTensor()(picture),
  TrivialAugmentWide: () => new T.TrivialAugmentWide()(picture),
}

/** Whatever a transform made, as a tensor of three channels, its name below, in the sheet's size. */
function tile(name: string, result: Result): torch.Tensor {
  const tensors = [result].flat().map(part => {
    const x = part instanceof torch.Tensor ? part : new T.ToTensor()(part as torch.vision.Image)
    return (x.dtype === torch.uint8 ? x.div(255) : x).expand(3, -1, -1)
  })
  const joined = tensors.length === 1 ? tensors[0]! : make_grid(tensors, { nrow: Math.ceil(Math.sqrt(tensors.length)) })
  const scale = Math.min(1, width / joined.size(2), height / joined.size(1))
  const size = [Math.round(joined.size(1) * scale), Math.round(joined.size(2) * scale)]
  const small = scale < 1 ? new T.Resize(size, { antialias: true })(joined) : joined
  const sheet = torch.ones(3, height + line, width)
  const [top, left] = [Math.floor((height - small.size(1)) / 2), Math.floor((width - small.size(2)) / 2)]
  sheet.narrow(1, top, small.size(1)).narrow(2, left, small.size(2)).copy_(small.clamp(0, 1))
  const place = torch.tensor([[0, height + 1, width - 1, height + line - 1]])
  return draw_bounding_boxes(sheet, place, [name], { width: 0, label_colors: 'black', colors: 'white' })
}

const tiles = Object.entries(makers).map(([name, make]) => tile(name, make()))
const folder = join('runs', 'augmentations')
mkdirSync(folder, { recursive: true })
const path = join(folder, 'sheet.png')
await save_image(tiles, path, { nrow: 8, padding: 6, pad_value: 1 })
console.log(`${tiles.length} tiles: ${path}`)

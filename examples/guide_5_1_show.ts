/**
 * The guide's section 5.1: looking at tensors. What matplotlib shows there is a PNG file here.
 *
 *     npm run example examples/guide_5_1_show.ts [PICTURE]
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { exampleImage } from './support/example_image.js'

const { transforms } = torch.vision
const { make_grid, save_image } = torch.vision.utils
const { DataLoader } = torch.utils.data

const folder = join('runs', 'guide')
mkdirSync(folder, { recursive: true })

/** Writes a tensor (C, H, W) of values 0 … 1 as a picture. */
async function show_tensor(tensor: torch.Tensor, title: string): Promise<void> {
  const path = join(folder, `${title.toLowerCase().replaceAll(' ', '_')}.png`)
  await save_image(tensor, path)
  console.log(`${title}: ${path}`)
}

const image = await exampleImage()
const transform = new transforms.Compose([new transforms.RandomHorizontalFlip(), new transforms.ToTensor()])
const samples = Array.from({ length: 8 }, () => image)
const dataloader = new DataLoader(samples, {
  batch_size: 8,
  collate_fn: images => torch.stack(images.map(picture => transform(picture))),
})

// Show the first picture, then the whole batch in a grid.
torch.manual_seed(0)
for (const sample of dataloader) {
  await show_tensor(sample.at(0), 'Original Image')
  await show_tensor(make_grid(sample, { nrow: 4 }), 'Batch')
  break
}

// A normalized picture has to be scaled back to 0 … 1 first.
const normalize = new transforms.Normalize([0.5, 0.5, 0.5], [0.25, 0.25, 0.25])
const normalized = normalize(new transforms.ToTensor()(image))
await show_tensor(make_grid(normalized, { normalize: true }), 'Normalized Image')

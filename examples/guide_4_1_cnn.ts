/**
 * The guide's section 4.1: a small convolutional network for pictures of 224×224.
 *
 *     npm run example examples/guide_4_1_cnn.ts [PICTURE]
 */
import type { Tensor } from 'torch-node'
import * as torch from 'torch-node'
import { exampleImage } from './support/example_image.js'

const { nn } = torch
const { transforms } = torch.vision
const F = nn.functional

class SimpleCNN extends nn.Module {
  conv1 = new nn.Conv2d(3, 16, { kernel_size: 3, stride: 1, padding: 1 })
  conv2 = new nn.Conv2d(16, 32, { kernel_size: 3, stride: 1, padding: 1 })
  pool = new nn.MaxPool2d(2, 2)
  fc1 = new nn.Linear(32 * 56 * 56, 128) // for an input of 224×224
  fc2 = new nn.Linear(128, 10)

  override forward(x: Tensor): Tensor {
    x = this.pool(F.relu(this.conv1(x)))
    x = this.pool(F.relu(this.conv2(x)))
    x = x.view(-1, 32 * 56 * 56) // flatten
    x = F.relu(this.fc1(x))
    x = this.fc2(x)
    return x
  }
}

torch.manual_seed(0)
const model = new SimpleCNN()
console.log(model)
const count = model.parameters().reduce((sum, parameter) => sum + parameter.numel(), 0)
console.log(`${count} parameters`)

const transform = new transforms.Compose([
  new transforms.Resize(224),
  new transforms.CenterCrop(224),
  new transforms.ToTensor(),
])
const batch = transform(await exampleImage()).unsqueeze(0)
model.eval()
const probabilities = torch.no_grad(() => F.softmax(model(batch), 1))
console.log('what the untrained network says about the picture:')
console.log(probabilities)

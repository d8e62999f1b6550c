/** torchvision.io: files to tensors and back. https://docs.pytorch.org/vision/stable/io.html */
export {
  decode_avif,
  decode_gif,
  decode_image,
  decode_jpeg,
  decode_jpegSync,
  decode_png,
  decode_webp,
  read_image,
} from './decode.js'
export { encode_jpeg, encode_png, write_jpeg, write_png } from './encode.js'
export { read_file, write_file } from './file.js'
export { ImageReadMode } from './image_read_mode.js'

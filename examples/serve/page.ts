/** The page at `/`: drop a picture, see the labels. It needs nothing from elsewhere. */
export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>torch-node: what is in the picture?</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
  label { display: block; border: 2px dashed #999; border-radius: 8px; padding: 3rem 1rem; text-align: center; cursor: pointer }
  label.over { border-color: #e4572e; background: #fdf1ee }
  input { position: absolute; opacity: 0 }
  img { max-width: 100%; max-height: 16rem; display: block; margin: 1rem auto; image-rendering: pixelated }
  td:first-child { padding-right: 1rem }
  meter { width: 16rem }
</style>
<h1>What is in the picture?</h1>
<label id="drop">Drop a picture here, or click to choose one<input id="file" type="file" accept="image/*"></label>
<img id="picture" alt="" hidden>
<p id="message" role="status"></p>
<table id="guesses"></table>
<script>
  const [drop, file, picture, message, guesses] = ['drop', 'file', 'picture', 'message', 'guesses'].map(id => document.getElementById(id))

  async function classify(blob) {
    URL.revokeObjectURL(picture.src)
    picture.src = URL.createObjectURL(blob)
    picture.hidden = false
    guesses.replaceChildren()
    message.textContent = '…'
    try {
      const response = await fetch('classify', { method: 'POST', body: blob, headers: { 'content-type': 'application/octet-stream' } })
      const answer = await response.json()
      message.textContent = response.ok ? '' : answer.message
      for (const { label, probability } of answer.guesses ?? []) {
        const row = guesses.insertRow()
        row.insertCell().textContent = label
        row.insertCell().append(Object.assign(document.createElement('meter'), { value: probability }))
        row.insertCell().textContent = (100 * probability).toFixed(1) + ' %'
      }
    } catch (error) {
      message.textContent = String(error)
    }
  }

  file.onchange = () => file.files[0] && classify(file.files[0])
  drop.ondragover = event => { event.preventDefault(); drop.classList.add('over') }
  drop.ondragleave = () => drop.classList.remove('over')
  drop.ondrop = event => {
    event.preventDefault()
    drop.classList.remove('over')
    if (event.dataTransfer.files[0]) classify(event.dataTransfer.files[0])
  }
</script>
</html>
`

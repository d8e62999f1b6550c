"""The Python side of bench/serve.ts: the same model behind FastAPI and uvicorn.

    serve.py MODEL PORT
"""

import io
import sys

import torch
import uvicorn
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from PIL import Image

model = torch.jit.load(sys.argv[1]).eval()
labels = "0123456789"
app = FastAPI()


def classify(body):
    image = Image.open(io.BytesIO(body)).convert("L")
    pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).view(1, 1, image.height, image.width)
    with torch.no_grad():
        scores = model(pixels.float().div(255).sub(0.1307).div(0.3081))[0]
        probabilities, places = scores.softmax(0).topk(5)
    pairs = zip(places.tolist(), probabilities.tolist())
    return {"guesses": [{"label": labels[place], "probability": probability} for place, probability in pairs]}


@app.post("/classify")
async def post(request: Request):
    return await run_in_threadpool(classify, await request.body())


@app.get("/health")
async def health():
    return {"status": "ok"}


uvicorn.run(app, port=int(sys.argv[2]), log_level="error")

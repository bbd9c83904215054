"""Writes coco.json: small random detection tasks and what the reference program of COCO says of them.

pip install pycocotools, then: python3 coco.py > coco.json
The values kept here came from pycocotools' rules for boxes (computeIoU, evaluateImg, accumulate) run as Python over NumPy, without its
compiled masks. Boxes lie on halves of pixels and scores on twentieths, so that overlaps and scores are often equal.
"""
import contextlib
import io
import json
import random

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def half(value):
    return round(2 * value) / 2


def random_box(rng, largest):
    width, height = half(rng.uniform(2, largest)), half(rng.uniform(2, largest))
    x, y = half(rng.uniform(0, 256)), half(rng.uniform(0, 256))
    return [x, y, x + width, y + height]


def nearby(rng, box, move):
    x0, y0, x1, y1 = [half(v + rng.gauss(0, move * (box[2] - box[0]))) for v in box]
    return [x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)]


def make_case(seed):
    rng = random.Random(seed)
    classes, pictures = rng.randint(1, 4), rng.randint(1, 5)
    largest, move, grain = rng.choice([30, 60, 200]), rng.choice([0.02, 0.06, 0.12]), rng.choice([5, 20, 1000])
    crowds, many = rng.choice([0, 0.25]), seed % 8 == 7
    case = {"classes": classes, "truth": [], "detections": []}
    for _ in range(pictures):
        truth = [random_box(rng, largest) for _ in range(rng.randint(0, 6))]
        labels = [rng.randrange(classes) for _ in truth]
        found = [(nearby(rng, box, move), label if rng.random() < 0.9 else rng.randrange(classes)) for box, label in zip(truth, labels) for _ in range(rng.choice([0, 1, 1, 2]))]
        found += [(random_box(rng, largest), rng.randrange(classes)) for _ in range(120 if many else rng.randint(0, 4))]
        rng.shuffle(found)
        case["truth"].append({"boxes": [v for box in truth for v in box], "labels": labels, "crowd": [int(rng.random() < crowds) for _ in truth]})
        case["detections"].append({
            "boxes": [v for box, _ in found for v in box],
            "labels": [label for _, label in found],
            "scores": [round(rng.random() * grain) / grain for _ in found],
        })
    return case


def rows(boxes):
    return [[x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in zip(boxes[0::4], boxes[1::4], boxes[2::4], boxes[3::4])]


def judge(case):
    truth = COCO()
    images = range(1, len(case["truth"]) + 1)
    truth.dataset = {"info": {}, "images": [{"id": i} for i in images], "categories": [{"id": k + 1} for k in range(case["classes"])], "annotations": []}
    results = []
    for image, objects, seen in zip(images, case["truth"], case["detections"]):
        for box, label, crowd in zip(rows(objects["boxes"]), objects["labels"], objects["crowd"]):
            annotations = truth.dataset["annotations"]
            annotations.append({"id": len(annotations) + 1, "image_id": image, "category_id": label + 1, "bbox": box, "area": box[2] * box[3], "iscrowd": crowd})
        # Scores as float32, which detections are kept in.
        for box, label, score in zip(rows(seen["boxes"]), seen["labels"], seen["scores"]):
            results.append({"image_id": image, "category_id": label + 1, "bbox": box, "score": float(np.float32(score))})
    truth.createIndex()
    with contextlib.redirect_stdout(io.StringIO()):
        judged = COCOeval(truth, truth.loadRes(results), "bbox")
        judged.evaluate()
        judged.accumulate()
    precision, recall = judged.eval["precision"], judged.eval["recall"]
    mean = lambda values: float(np.mean(values[values > -1])) if np.any(values > -1) else None
    return {
        "ap": mean(precision[:, :, :, 0, 2]), "ap50": mean(precision[0, :, :, 0, 2]), "ap75": mean(precision[5, :, :, 0, 2]),
        "small": mean(precision[:, :, :, 1, 2]), "medium": mean(precision[:, :, :, 2, 2]), "large": mean(precision[:, :, :, 3, 2]),
        "recall": mean(recall[:, :, 0, 2]),
        "perClass": [{"ap": mean(precision[:, :, k, 0, 2]), "ap50": mean(precision[0, :, k, 0, 2])} for k in range(case["classes"])],
    }


cases = [make_case(seed) for seed in range(32)]
cases = [case for case in cases if sum(len(seen["labels"]) for seen in case["detections"]) > 0]
lines = [json.dumps({**case, "expected": judge(case)}, separators=(",", ":")) for case in cases]
print("[\n" + ",\n".join(lines) + "\n]")

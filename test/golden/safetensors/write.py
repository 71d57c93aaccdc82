"""Files of Python's safetensors for ../../formats/safetensors.test.ts, and headers that it accepts or refuses.

  python3 write.py        # needs safetensors; made with 0.8.0
"""
import ctypes
import json
import os
import struct

import safetensors

HERE = os.path.dirname(os.path.abspath(__file__))
COUNTS = list(range(12))


def pack(letter, values):
    return struct.pack(f"<{len(values)}{letter}", *values)


buffers = []  # serialize() takes addresses


def spec(dtype, shape, data):
    buffers.append(ctypes.create_string_buffer(data, max(1, len(data))))
    address = ctypes.addressof(buffers[-1])
    return safetensors.TensorSpec(dtype=dtype, shape=shape, data_ptr=address, data_len=len(data))


mixed = {
    "half": spec("float16", [3], bytes(6)),
    "W1": spec("float64", [3, 4], pack("d", [n / 8 for n in COUNTS])),
    "brain": spec("bfloat16", [5], bytes(10)),
    "b1": spec("float32", [4], pack("f", [0.5, -1, 2, 3])),
    "mask": spec("bool", [3], bytes(3)),
    "indices": spec("int64", [2], pack("q", [7, 59999])),
    "eight": spec("float8_e4m3fn", [7], bytes(7)),
    "none": spec("float32", [0, 4], b""),
    "scalar": spec("float64", [], pack("d", [1.5])),
}
with open(os.path.join(HERE, "mixed.safetensors"), "wb") as file:
    file.write(safetensors.serialize(mixed, {"made by": "safetensors"}))


def entry(dtype, shape, start, end):
    return dict(dtype=dtype, shape=shape, data_offsets=[start, end])


a, b = entry("F64", [2], 0, 16), entry("F32", [3], 16, 28)
cases = {
    "in order": ({"a": a, "b": b}, 28),
    "in another order": ({"b": b, "a": a}, 28),
    "an empty tensor in the middle": ({"b": b, "e": entry("F32", [0], 16, 16), "a": a}, 28),
    "an empty tensor at the start, listed last": ({"a": a, "b": b, "e": entry("F32", [0], 0, 0)}, 28),
    "an empty tensor within another": ({"a": a, "b": b, "e": entry("F32", [0], 8, 8)}, 28),
    "no tensor": ({}, 0),
    "bytes without a tensor": ({}, 4),
    "a gap": ({"a": a, "b": entry("F32", [3], 20, 32)}, 32),
    "a gap at the start": ({"a": entry("F64", [2], 4, 20)}, 20),
    "an overlap": ({"a": a, "b": entry("F32", [3], 12, 24)}, 24),
    "one place for two": ({"a": a, "b": a}, 16),
    "bytes behind": ({"a": a}, 20),
    "cut off": ({"a": a, "b": b}, 24),
    "a shape that needs more": ({"a": entry("F64", [3], 0, 16)}, 16),
    "a shape that needs less": ({"a": entry("F64", [1], 0, 16)}, 16),
    "another type's length": ({"a": entry("BF16", [3], 0, 12)}, 12),
    "four bits": ({"a": entry("F4", [6], 0, 3)}, 3),
    "four bits, an odd number": ({"a": entry("F4", [3], 0, 2)}, 2),
    "six bits": ({"a": entry("F6_E2M3", [4], 0, 3)}, 3),
    "a negative length": ({"a": entry("F64", [2], 16, 0)}, 16),
    "a type in lower case": ({"a": entry("f64", [2], 0, 16)}, 16),
    "a type that does not exist": ({"a": entry("Q8", [2], 0, 2)}, 2),
    "metadata": ({"__metadata__": {"k": "v"}, "a": a}, 16),
    "metadata that are no text": ({"__metadata__": {"k": 1}, "a": a}, 16),
    "metadata that are a list": ({"__metadata__": ["k"], "a": a}, 16),
    "metadata that are text": ({"__metadata__": "k", "a": a}, 16),
    "a huge shape": ({"a": entry("F64", [2**40, 2**40], 0, 16)}, 16),
}


def accepts(header, length):
    text = json.dumps(header).encode()
    try:
        safetensors.deserialize(struct.pack("<Q", len(text)) + text + bytes(length))
        return True
    except Exception:
        return False


table = [
    dict(name=name, header=json.dumps(header), length=length, accepted=accepts(header, length))
    for name, (header, length) in cases.items()
]
with open(os.path.join(HERE, "headers.json"), "w") as file:
    json.dump(table, file, indent=1)
    file.write("\n")

"""Takes TensorFlow's two libraries and its C headers out of a wheel: unpack.py WHEEL FOLDER.

They go to FOLDER/lib and FOLDER/include, where the binding.gyp of tfjs-node looks for them, as it knows them.
"""
import os
import re
import shutil
import sys
import zipfile

WANTED = re.compile(r"tensorflow/(?:(libtensorflow_(?:cc|framework)\.so\.2)|(include/.*/(?:c|platform)/.*\.h))$")

wheel, folder = sys.argv[1:]
with zipfile.ZipFile(wheel) as members:
    for name in members.namelist():
        found = WANTED.match(name)
        if not found:
            continue
        library, header = found.groups()
        path = os.path.join(folder, header or os.path.join("lib", library))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with members.open(name) as source, open(path, "wb") as target:
            shutil.copyfileobj(source, target, 2**20)

for name, library in ("tensorflow", "tensorflow_cc"), ("tensorflow_framework", "tensorflow_framework"):
    os.symlink(f"lib{library}.so.2", os.path.join(folder, "lib", f"lib{name}.so"))

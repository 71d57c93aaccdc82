"""Builds a tfjs-node that works on Linux x64: tfjs_node.py FOLDER NODE

tfjs-node's own install downloads TensorFlow from a server that is often unreachable. This script gets all files from
npm and pip and checks their hashes: those of tfjs-node are in package-lock.json; that of TensorFlow's Python wheel,
which has the libraries and C headers, is in requirements.txt. The addon is compiled against the headers of Node-API,
so that one build works with Node.js 20 to 26. Progress goes to stdout; an error is a line on stderr, with exit code 1.
"""
import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

SETUP = Path(__file__).resolve().parent
TOOLS = {
    "npm": "install it (it comes with Node.js)",
    "make": "install make and a C++ compiler (Debian: apt-get install make g++)",
    "g++": "install make and a C++ compiler (Debian: apt-get install make g++)",
}
# The tags of the wheel. The pip of any Python version can download it.
WHEEL = "--python-version 3.11 --implementation cp --abi cp311 --platform manylinux_2_17_x86_64".split()
# The members of the wheel that are unpacked: a library or a C header.
WANTED = re.compile(r"tensorflow/(?:(libtensorflow_(?:cc|framework)\.so\.2)|(include/.*/(?:c|platform)/.*\.h))$")
NODE_API = "8"  # the version that the addon asks for


def run(command, failed, cwd=None):
    """Runs a tool. Its output is shown on a terminal only. On failure exits with `failed` and the first error line."""
    shown = None if sys.stdout.isatty() else subprocess.DEVNULL
    done = subprocess.run(command, cwd=cwd, stdout=shown, stderr=subprocess.PIPE, text=True, errors="replace")
    if done.returncode != 0:
        plain = re.sub(r"\x1b\[[\d;]*m", "", done.stderr)  # without colours
        lines = [line.strip() for line in plain.splitlines() if line.strip()] or [f"exit code {done.returncode}"]
        errors = [line for line in lines if re.search(r"\berror\b", line, re.IGNORECASE)]
        sys.exit(f"{failed} ({(errors or lines[-1:])[0]})")


def check_tools():
    """Exits if the C library is not glibc, or, with a remedy, if a tool is missing."""
    if platform.libc_ver()[0] != "glibc":
        sys.exit("TensorFlow's libraries need the GNU C library, which this Linux does not have")
    for tool, remedy in TOOLS.items():
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is not on the PATH: {remedy}")
    run(["python3", "-m", "pip", "--version"], "python3 has no pip: install it (Debian: apt-get install python3-pip)")


def fetch_package(folder):
    """Installs tfjs-node and node-gyp into folder/node_modules, without running their install scripts."""
    for name in "package.json", "package-lock.json":
        shutil.copy(SETUP / name, folder)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    run(command, "npm could not fetch tfjs-node: check the network, then run this again", folder)


def fetch_tensorflow(folder, deps):
    """Puts the two libraries into deps/lib and the headers into deps/include, where tfjs-node's binding.gyp looks."""
    download = folder / "wheel"
    command = ["python3", "-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    command += ["--only-binary=:all:", *WHEEL, "--dest", str(download), "--requirement", str(SETUP / "requirements.txt")]
    run(command, "pip could not fetch TensorFlow: check the network, then run this again")
    (wheel,) = download.iterdir()
    try:
        with zipfile.ZipFile(wheel) as members:
            for name in members.namelist():
                if found := WANTED.match(name):
                    library, header = found.groups()
                    path = deps / (header or f"lib/{library}")
                    path.parent.mkdir(parents=True, exist_ok=True)
                    with members.open(name) as source, open(path, "wb") as target:
                        shutil.copyfileobj(source, target, 2**20)
    except (OSError, zipfile.BadZipFile) as error:
        sys.exit(f"{wheel.name} could not be unpacked, which takes a gigabyte of space ({error})")
    shutil.rmtree(download)
    for name, library in ("tensorflow", "tensorflow_cc"), ("tensorflow_framework", "tensorflow_framework"):
        os.symlink(f"lib{library}.so.2", deps / "lib" / f"lib{name}.so")


def compile_addon(modules, tfjs, node):
    """Compiles the addon with node-gyp, as tfjs-node's own install does, but with the headers of Node-API from npm."""
    headers = tfjs / "node" / "include" / "node"
    shutil.copytree(modules / "node-api-headers" / "include", headers)
    shutil.copy(SETUP / "common.gypi", headers)
    settings = {
        "nodedir": tfjs / "node",
        "module_name": "tfjs_binding",
        "module_path": tfjs / "lib" / f"napi-v{NODE_API}",
        "napi_build_version": NODE_API,
    }
    flags = [f"--{name}={value}" for name, value in settings.items()]
    gyp = modules / "node-gyp" / "bin" / "node-gyp.js"
    run([node, str(gyp), "rebuild", *flags], "node-gyp could not compile the addon", tfjs)
    shutil.rmtree(tfjs / "node")
    shutil.rmtree(tfjs / "build")


def main(folder, node):
    """Builds tfjs-node in folder/node_modules with the Node.js at the path `node`."""
    modules = folder / "node_modules"
    tfjs = modules / "@tensorflow" / "tfjs-node"
    check_tools()
    print("1/3  tfjs-node, by npm", flush=True)
    fetch_package(folder)
    print("2/3  TensorFlow, by pip (207 MB)", flush=True)
    fetch_tensorflow(folder, tfjs / "deps")
    print("3/3  the addon, by node-gyp", flush=True)
    compile_addon(modules, tfjs, node)


main(Path(sys.argv[1]).resolve(), sys.argv[2])

"""Runs a program in a terminal of its own: python3 run-in-terminal.py '{"argv": […], "rows": 24, "columns": 80, "steps": […]}'.

A step is [text to wait for, what to do then, and its arguments]: resize ROWS COLUMNS, type TEXT, hang up. Prints one
JSON object: the exit status (negative: the signal that ended it) and all that the terminal was sent.
"""

import fcntl
import json
import os
import pty
import signal
import struct
import sys
import termios

job = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.chdir(job["cwd"])
    os.execvpe(job["argv"][0], job["argv"], {**os.environ, **job["env"]})


def resize(rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


resize(job["rows"], job["columns"])
output = b""
steps = job["steps"]
seen = 0  # how much of the output earlier steps have waited for
is_open = True
signal.alarm(50)  # ends this program, and with it the terminal and all in it, should a step never come
while is_open:
    try:
        piece = os.read(terminal, 65536)
    except OSError:  # the other side is gone
        piece = b""
    if not piece:
        break
    output += piece
    while steps and steps[0][0].encode() in output[seen:]:
        wanted, action, *arguments = steps.pop(0)
        seen = output.index(wanted.encode(), seen) + len(wanted.encode())
        if action == "resize":
            resize(*arguments)
        elif action == "type":
            os.write(terminal, arguments[0].encode())
        elif action == "hang up":
            is_open = False
os.close(terminal)
_, status = os.waitpid(child, 0)
print(json.dumps({"status": os.waitstatus_to_exitcode(status), "output": output.decode("utf-8", "replace")}))

# Copies folders of the app's image to the volume from which the proxy serves them.
#
# Usage: python3 -c <this> from to [from to ...]
import shutil
import sys

pairs = sys.argv[1:]
for source, target in zip(pairs[::2], pairs[1::2]):
    shutil.copytree(source, target, dirs_exist_ok=True)

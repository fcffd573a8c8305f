#!/bin/sh
# The five most frequent words of a text, and the length of its sentences.
set -eu
here=$(dirname "$0")/..
awk -f "$here/src/words.awk" "$1" | sort -k1,1nr -k2 | head -n 5
awk -f "$here/src/sentences.awk" "$1"

#!/bin/sh
# build.sh SOURCES FILE 'source compiler options | linker options | mkxex options': one module of the tests.
set -eu
sources=$1 file=$2
IFS='|' read -r compile link pack <<END
$3
END
set -- $compile
source=$1
shift
mkdir -p "$(dirname "$file")"
$XE_CC "$@" -c "$sources/$source.c" -o "$file.o"
$XE_LD $link -o "$file.elf" $XE_OBJECTS "$file.o"
./xe360-mkxex -c basic $pack -o "$file" "$file.elf"

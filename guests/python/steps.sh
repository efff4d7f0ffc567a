# steps.sh - how each step towards the Python guest is made.
#
# Sourced by `build`.  A function step_NAME fills the empty folder that it is
# called in; the folders of earlier steps are in $sources, $native and so on.
#
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
# shellcheck source=guests/python/flags.sh
. "$here/flags.sh"

NEEDS_PYTHON="$NEEDS_RUN"'
tclsh                    tcl                 makes one file of SQLite
xz                       xz-utils            unpacks the sources
@wasm                    libclang-rt-19-dev-wasm32 guests are linked with it
'
PYTHON=Python-3.13.5

# --- sources ----------------------------------------------------------------

# An apt of our own, beside the machine's, that knows Debian 13.
private_apt() {
    apt-get -q -o "Dir::Etc::sourcelist=$PWD/apt/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null -o "Dir::State=$PWD/apt" \
        -o "Dir::State::lists=$PWD/apt/lists" \
        -o "Dir::State::status=$PWD/apt/status" \
        -o "Dir::Cache=$PWD/apt/cache" -o APT::Sandbox::User=root "$@"
}

make_private_apt() {
    local mirror kind keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || {
        echo "this machine's apt knows no mirror of Debian; with the files that"
        echo "guests/python/sources names in a folder, VIV_PYTHON_SOURCE can be"
        echo "that folder"
        return 1
    }
    mkdir -p apt/lists/partial apt/cache/archives/partial
    : >apt/status
    for kind in deb deb-src; do
        echo "$kind [signed-by=$keyring] $mirror trixie main"
    done >apt/sources.list
    private_apt update
}

# Lines of FILE PACKAGE KIND DIGEST.
wanted_sources() {
    grep -v '^#' "$here/sources" | paste -d ' ' - - | tr -s ' '
}

# Take FILE from where the user has it.
take_given() {
    local file=$1 digest=$2 given=${VIV_PYTHON_SOURCE-} from
    [ -n "$given" ] || return 1
    for from in "$given" "$given/$file" "$given"/*; do
        if [ -f "$from" ] && has_digest "$from" "$digest"; then
            cp "$from" "$file"
            return 0
        fi
    done
    return 1
}

fetch_source() {
    local package=$1 kind=$2
    [ -d apt ] || make_private_apt || return 1
    if [ "$kind" = source ]; then
        private_apt source --download-only --tar-only "$package"
    else
        private_apt download "$package"
    fi
}

step_sources() {
    local file package kind digest
    wanted_sources >wanted
    while read -r file package kind digest; do
        take_given "$file" "$digest" ||
            fetch_source "$package" "$kind" </dev/null || return 1
        has_digest "$file" "$digest" || {
            echo "$package: $file is not the file that this was written for"
            return 1
        }
    done <wanted
    rm -rf apt wanted
}

# unpack PATTERN: the source of this name.
unpack() {
    # shellcheck disable=SC2086
    tar -xf "$sources"/$1
}

# --- a Python that runs here -------------------------------------------------

# As small as the other one needs: what is fast to build need not be fast.
step_native() {
    unpack 'python3.13_*.orig.tar.xz'
    mkdir build
    cd build || return
    "../$PYTHON/configure" -q --without-ensurepip --disable-test-modules \
        OPT='-O1 -g0' py_cv_module__{ssl,hashlib,tkinter,curses}=n/a \
        py_cv_module__{curses_panel,dbm,gdbm,ctypes,uuid,sqlite3}=n/a \
        py_cv_module__{bz2,lzma}=n/a py_cv_module_{readline,nis,zlib}=n/a
    make -s -j"$(nproc)" python sharedmods
}

# --- libraries --------------------------------------------------------------

# archive NAME FLAGS... -- FILES...: compile for the guest, into lib/libNAME.a.
archive() {
    local name=$1 flags=() folder
    shift
    while [ "$1" != -- ]; do
        flags+=("$1")
        shift
    done
    shift
    folder=$libraries_top/objects/$name
    mkdir -p "$folder"
    printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} sh -c \
        "$(guest_cc) $(guest_cflags) -O2 -w ${flags[*]} -c {} \
            -o $folder/\$(basename {}).o"
    llvm-ar-19 rcs "$libraries_top/lib/lib$name.a" "$folder"/*.o
}

make_zlib() {
    cd "$libraries_top"/zlib-* || return
    archive z -DHAVE_UNISTD_H -- adler32.c compress.c crc32.c deflate.c \
        infback.c inffast.c inflate.c inftrees.c trees.c uncompr.c zutil.c
    cp zlib.h zconf.h "$libraries_top/include"
}

make_bzip2() {
    cd "$libraries_top"/bzip2-* || return
    archive bz2 -- blocksort.c huffman.c crctable.c randtable.c compress.c \
        decompress.c bzlib.c
    cp bzlib.h "$libraries_top/include"
}

make_xz() {
    local filters='LZMA1 LZMA2 DELTA X86 ARM ARM64 ARMTHUMB POWERPC IA64 SPARC'
    local define=() filter
    for filter in $filters RISCV; do
        define+=("-DHAVE_ENCODER_$filter" "-DHAVE_DECODER_$filter")
    done
    cd "$libraries_top"/xz-*/src || return
    # shellcheck disable=SC2046
    archive lzma -DHAVE_STD{BOOL,INT}_H -DHAVE_INTTYPES_H -DHAVE_STRING_H \
        -DHAVE_{EN,DE}CODERS -DHAVE_CHECK_{CRC32,CRC64,SHA256} "${define[@]}" \
        -DHAVE_MF_{HC3,HC4,BT2,BT3,BT4} -DHAVE_LZIP_DECODER \
        -DTUKLIB_SYMBOL_PREFIX=lzma_ -DSIZEOF_SIZE_T=4 -DASSUME_RAM=128 \
        -Icommon -Iliblzma/api \
        -Iliblzma/{common,check,lz,rangecoder,lzma,delta,simple} -- \
        $(printf '%s\n' liblzma/{common,check,lz,lzma,delta,simple}/*.c \
            liblzma/rangecoder/*.c common/tuklib_physmem.c | grep -v -E \
            'mt\.c|outqueue|small\.c|tablegen|hardware_cputhreads|_x86')
    cp -r liblzma/api/* "$libraries_top/include"
}

make_sqlite() {
    mkdir "$libraries_top/sqlite"
    cd "$libraries_top/sqlite" || return
    # shellcheck disable=SC2211
    ../sqlite3-*/configure -q --disable-tcl
    make -s sqlite3.c
    archive sqlite3 -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION \
        -DSQLITE_OMIT_WAL -DSQLITE_ENABLE_FTS5 \
        -DSQLITE_ENABLE_MATH_FUNCTIONS -DSQLITE_ENABLE_COLUMN_METADATA \
        '-DSQLITE_DEFAULT_UNIX_VFS=\"unix\"' \
        -Dfcntl=guest_locks_fcntl -- sqlite3.c "$here/guest_locks.c"
    cp sqlite3.h sqlite3ext.h "$libraries_top/include"
}

step_libraries() {
    local libraries_top=$PWD file
    dpkg-deb -x "$sources"/wasi-libc_*.deb .
    sysroot=$PWD/usr
    mkdir -p include lib
    for file in zlib bzip2 xz-utils sqlite3; do
        unpack "${file}_*.orig.tar.*"
    done
    (make_zlib)
    (make_bzip2)
    (make_xz)
    (make_sqlite)
    rm -rf objects sqlite sqlite3-* xz-* bzip2-* zlib-*
}

# --- CPython ----------------------------------------------------------------

# edit FILE FROM TO: in the source of CPython, once.
edit() {
    local text
    text=$(<"$1")
    [[ $text == *"$2"* ]] || {
        echo "$1 does not have \"$2\""
        return 1
    }
    printf '%s\n' "${text/"$2"/"$3"}" >"$1"
}

in_source() {
    (cd "$PYTHON" && "$@")
}

# Numbers of errors are Linux's to Python: see guest_errno.h.
translate_errors() {
    local out=guest_errno_out
    edit Python/errors.c '"(iOOiO)", i,' "\"(iOOiO)\", $out(i),"
    edit Python/errors.c '"(iOO)", i,' "\"(iOO)\", $out(i),"
    edit Python/errors.c '"(iO)", i,' "\"(iO)\", $out(i),"
    edit Objects/exceptions.c 'PyLong_FromLong(CODE)' \
        "PyLong_FromLong($out(CODE))"
    edit Modules/errnomodule.c 'PyLong_FromLong(code_int)' \
        "PyLong_FromLong($out(code_int))"
    edit Modules/posixmodule.c 'strerror(code)' \
        'strerror(guest_errno_in(code))'
    edit Modules/_io/bufferedio.c 'errno, msg, written' \
        "$out(errno), msg, written"
    edit Modules/_io/bufferedio.c 'myerrno == EINTR' "myerrno == $out(EINTR)"
}

configure_cpython() {
    CC="$(guest_cc) -L$sysroot/lib/wasm32-wasi" CXX=false \
        AR=llvm-ar-19 RANLIB=llvm-ranlib-19 \
        CFLAGS="$(guest_cflags) -Wno-unused-command-line-argument \
            -include $here/guest_errno.h" \
        LDFLAGS="-L$libraries/lib $guest_emulators" \
        PKG_CONFIG=false PKG_CONFIG_LIBDIR=/nonexistent PKG_CONFIG_PATH='' \
        CONFIG_SITE=../$PYTHON/Tools/wasm/config.site-wasm32-wasi \
        ZLIB_CFLAGS="-I$libraries/include" ZLIB_LIBS=-lz \
        BZIP2_CFLAGS="-I$libraries/include" BZIP2_LIBS=-lbz2 \
        LIBLZMA_CFLAGS="-I$libraries/include" LIBLZMA_LIBS=-llzma \
        LIBSQLITE3_CFLAGS="-I$libraries/include" LIBSQLITE3_LIBS=-lsqlite3 \
        "../$PYTHON/configure" -q --host=wasm32-wasi \
        --build="$(uname -m)-pc-linux-gnu" \
        --with-build-python="$native/build/python" --disable-test-modules \
        --with-ensurepip=no --with-pymalloc --prefix=/usr \
        OPT='-DNDEBUG -O3 -flto=thin'
}

# What the guest is linked with, and what its C is compiled with.
step_cpython() {
    sysroot=$libraries/usr
    unpack 'python3.13_*.orig.tar.xz'
    in_source translate_errors
    mkdir build
    cd build || return
    configure_cpython
    make -s -j"$(nproc)" libpython3.13.a Modules/expat/libexpat.a \
        Modules/_decimal/libmpdec/libmpdec.a \
        Modules/_hacl/libHacl_Hash_SHA2.a
}

# --- the guest --------------------------------------------------------------

# The C of ours: the door, and what it shares with the library.
guest_sources() {
    printf '%s\n' guests/python/*.c src/data/data_{read,write,time,walk}.c \
        src/base/base_{alloc,check,error,utf8}.c
}

# By names that are the same in every clone: objects hold them.
step_objects() {
    local to=$PWD
    sysroot=$libraries/usr
    cd "$root" || return
    guest_sources | xargs -P "$(nproc)" -I{} sh -c \
        "$(guest_cc) $(guest_cflags) -O3 -flto=thin -DPy_BUILD_CORE \
            -I$cpython/$PYTHON/Include -I$cpython/$PYTHON/Include/internal \
            -I$cpython/build -Iinclude -Isrc -Iguests/python \
            -c {} -o $to/\$(basename {}).o"
}

step_module() {
    local build=$cpython/build
    sysroot=$libraries/usr
    # shellcheck disable=SC2046,SC2086
    $(guest_cc) -L"$sysroot/lib/wasm32-wasi" -L"$libraries/lib" \
        -mexec-model=reactor -flto=thin -Wl,--lto-O3,--stack-first \
        -Wl,--strip-debug -z stack-size=8388608 \
        -o python.wasm "$objects"/*.o "$build/libpython3.13.a" \
        "$build/Modules/_decimal/libmpdec/libmpdec.a" \
        "$build/Modules/expat/libexpat.a" \
        "$build/Modules/_hacl/libHacl_Hash_SHA2.a" \
        -lz -lbz2 -llzma -lsqlite3 $guest_emulators -lm -ldl
}

# The library, compiled, so that no import parses anything; and its source, for
# tracebacks.
step_library() {
    (
        cd "$cpython/$PYTHON/Lib" || return
        tar -cf - --exclude=test --exclude=tests --exclude=__pycache__ \
            --exclude=idlelib --exclude=tkinter --exclude=turtle.py \
            --exclude=turtledemo --exclude=ensurepip --exclude=__phello__ .
    ) | (
        mkdir lib
        cd lib || return
        tar -xf -
    )
    cp -r "$here"/lib/* lib/
    "$native/build/python" -m compileall -q -j "$(nproc)" \
        --invalidation-mode unchecked-hash -s "$PWD/lib" \
        -p /usr/lib/python3.13 lib
    "$viv" pack lib -o python.pack --time 0
    rm -r lib
}

# Compile twice: once to see what runs how often, and once knowing it.
step_compiled() {
    local wasm=$module/python.wasm train
    train="import runpy; runpy.run_path('/training/train.py', None, '__main__')"
    mkdir making
    "$viv" compile "$wasm" -o making/python.viv --quiet \
        --pgo-generate "$PWD/profile"
    ln -s "$library/python.pack" making
    "$viv" image build making
    rm -rf profile
    "$viv" run --python making --mount "/training=$here/training" \
        --timeout 60m --memory 1G -c "$train"
    "$viv" compile "$wasm" -o python.viv --quiet --pgo-use profile
    rm -r making profile
}

step_image() {
    ln -s "$compiled/python.viv" "$library/python.pack" .
    "$viv" image build .
    rm python.viv python.pack
}

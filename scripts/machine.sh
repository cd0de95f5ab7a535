# Sourced by the other scripts: makes sure that this machine has what Sideline needs.
# On Debian and Ubuntu missing packages are installed through apt; elsewhere it says what to install.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Mesa's driver asks for this folder and complains on every start without it.
if [ -z "${XDG_RUNTIME_DIR:-}" ]; then
  XDG_RUNTIME_DIR=$(mktemp -d)
  export XDG_RUNTIME_DIR
fi

say() { printf '%s\n' "$*" >&2; }

# lacks THING: whether the machine has no such thing.
lacks() {
  case "$1" in
    cargo) ! command -v cargo >/dev/null ;;
    cc) ! command -v cc >/dev/null ;;
    ffmpeg) ! command -v ffmpeg >/dev/null ;;
    Xvfb) ! command -v Xvfb >/dev/null ;;
    # A driver's manifest: a GPU's own, or Mesa's software renderer (lavapipe).
    vulkan-driver) ! compgen -G '/usr/share/vulkan/icd.d/*.json' >/dev/null && ! compgen -G '/etc/vulkan/icd.d/*.json' >/dev/null ;;
    # The reference pictures are lavapipe's, whatever GPU is here.
    software-vulkan) ! compgen -G '/usr/share/vulkan/icd.d/lvp_icd*.json' >/dev/null ;;
    *.so.*) ! ldconfig -p 2>/dev/null | grep -q "$1" ;;
  esac
}

# package THING: the Debian package that brings it.
package() {
  case "$1" in
    cc) echo gcc libc6-dev ;;
    ffmpeg) echo ffmpeg ;;
    Xvfb) echo xvfb ;;
    vulkan-driver | software-vulkan) echo mesa-vulkan-drivers ;;
    libvulkan.so.1) echo libvulkan1 ;;
    libX11.so.6) echo libx11-6 ;;
    libX11-xcb.so.1) echo libx11-xcb1 ;;
    libXcursor.so.1) echo libxcursor1 ;;
    libXi.so.6) echo libxi6 ;;
    libXrandr.so.2) echo libxrandr2 ;;
    libxkbcommon-x11.so.0) echo libxkbcommon-x11-0 ;;
    libwayland-client.so.0) echo libwayland-client0 ;;
  esac
}

WINDOW_LIBRARIES=(libX11.so.6 libX11-xcb.so.1 libXcursor.so.1 libXi.so.6 libXrandr.so.2 libxkbcommon-x11.so.0 libwayland-client.so.0)

# need THING...: installs what is missing, or says what to install and ends.
need() {
  local thing missing=() packages=()
  if [ "$(uname -s)" != Linux ]; then
    lacks cargo && { say "Rust is missing: install it from https://rustup.rs and run this again."; exit 2; }
    command -v ffmpeg >/dev/null || say "ffmpeg is missing; movies need it."
    return 0
  fi
  for thing in "$@"; do
    if lacks "$thing"; then missing+=("$thing"); fi
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  for thing in "${missing[@]}"; do
    if [ "$thing" = cargo ]; then
      say "Rust is missing: install it from https://rustup.rs and run this again."
      exit 2
    fi
    # shellcheck disable=SC2207
    packages+=($(package "$thing"))
  done
  if ! command -v apt-get >/dev/null; then
    say "This machine lacks: ${missing[*]}."
    say "Install your system's packages for them (in Debian they are called: ${packages[*]}) and run this again."
    exit 2
  fi
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then sudo=(sudo); fi
  say "installing ${packages[*]}"
  "${sudo[@]}" apt-get update -q >/dev/null
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -q --no-install-recommends "${packages[@]}" >/dev/null
}

has_display() { [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" != Linux ]; }

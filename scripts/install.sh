#!/bin/sh
# Builds wfo-helper with cargo and installs it for this user: CONFIG/wfo/bin/wfo-helper, where the plugin's launcher looks.
# CONFIG is CLAUDE_CONFIG_DIR or ~/.claude. Changes no settings; needs no root. `--help` tells the rest.
set -eu

usage() {
  cat <<'TEXT'
usage: sh scripts/install.sh [--link]
       sh scripts/install.sh --uninstall

Builds wfo-helper (cargo build --release --locked) and installs it to CONFIG/wfo/bin/wfo-helper.
CONFIG is the first folder of CLAUDE_CONFIG_DIR, else ~/.claude. Safe to run again: the new binary replaces the old one at once.

  --link       also link it into ~/.local/bin, for your own shell
  --uninstall  remove what this script installed; settings and data stay
  --help       show this

Exit: 0 done, 20 wrong state, 21 something of yours is in the way, 30 cargo is missing or the build broke, 64 wrong option.
TEXT
}

say() { printf '%s\n' "$*"; }

# die STATUS MESSAGE [HINT]
die() {
  printf 'install.sh: %s\n' "$2" >&2
  [ -z "${3:-}" ] || printf '  hint: %s\n' "$3" >&2
  exit "$1"
}

mode=install
link=no
for option in "$@"; do
  case $option in
    --link) link=yes ;;
    --uninstall) mode=uninstall ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) die 64 "unknown option \`$option\`" "--link, --uninstall or --help" ;;
  esac
done
[ "$mode$link" != uninstallyes ] || die 64 "--link and --uninstall do not go together" "--uninstall removes the link too"

config=${CLAUDE_CONFIG_DIR:-}
config=${config%%,*}
[ -n "$config" ] || config=${HOME:+$HOME/.claude}
case $config in
  /*) ;;
  '') die 20 "neither CLAUDE_CONFIG_DIR nor HOME is set" "set HOME" ;;
  *) die 20 "the configuration folder \`$config\` is not an absolute path" "set CLAUDE_CONFIG_DIR to an absolute path" ;;
esac
folder=$config/wfo/bin
binary=$folder/wfo-helper
# What was installed: checksum and size of the binary, one a line, so that only that very file is removed.
record=$folder/installed
shortcut=${HOME:+$HOME/.local/bin/wfo-helper}

sum_of() { cksum <"$1"; }
is_ours() { [ -f "$binary" ] && [ ! -L "$binary" ] && [ -f "$record" ] && grep -Fqx -- "$(sum_of "$binary")" "$record"; }
is_our_link() { [ -n "$shortcut" ] && [ -L "$shortcut" ] && [ "$(readlink "$shortcut")" = "$binary" ]; }

uninstall() {
  status=0
  if is_our_link; then
    rm -f "$shortcut"
    say "removed  $shortcut"
  fi
  if [ ! -e "$binary" ] && [ ! -L "$binary" ]; then
    say "nothing is installed at $binary"
    rm -f "$record"
  elif is_ours; then
    rm -f "$binary" "$record"
    say "removed  $binary"
  else
    say "kept     $binary: it is not the file that this script installed"
    status=21
  fi
  # Only empty folders go.
  if rmdir "$folder" 2>/dev/null; then rmdir "$config/wfo" 2>/dev/null || :; fi
  if [ -d "$config/wfo" ]; then say "kept     $config/wfo: approvals, keys and settings of wfo"; fi
  if [ -f "$config/settings.json" ] && grep -q 'wfo-helper' "$config/settings.json"; then
    say "kept     the permission lines in $config/settings.json: install again and run \`wfo-helper setup --remove\`, or take them out by hand"
  fi
  exit "$status"
}

[ "$mode" = install ] || uninstall

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd) || die 20 "cannot find the folder of this script"
root=${here%/*}
[ -f "$root/Cargo.toml" ] || die 20 "$root holds no Cargo.toml" "run the script where it lies, in wfo's own folder"

cargo=$(command -v cargo || :)
if [ -z "$cargo" ] && [ -n "${HOME:-}" ] && [ -x "$HOME/.cargo/bin/cargo" ]; then cargo=$HOME/.cargo/bin/cargo; fi
[ -n "$cargo" ] || die 30 "cargo is not installed, so nothing can be built" "install Rust from https://rustup.rs, then run this again"

[ ! -d "$binary" ] || die 21 "$binary is a folder" "move it away"
if [ "$link" = yes ]; then
  [ -n "$shortcut" ] || die 20 "HOME is not set, so there is no ~/.local/bin"
  if { [ -e "$shortcut" ] || [ -L "$shortcut" ]; } && ! is_our_link; then
    die 21 "$shortcut is there already and is not ours" "move it away, or leave out --link"
  fi
fi

say "building wfo-helper in $root (the first time takes a few minutes)"
# Cargo itself says where the binary is: a target folder or a target platform may be set in many places.
messages=$(cd -- "$root" && "$cargo" build --release --locked -p wfo-helper --message-format=json-render-diagnostics) ||
  die 30 "the build broke; nothing was installed" "the lines above say why"
built=$(printf '%s\n' "$messages" | sed -n 's/.*"executable":"\([^"]*\/wfo-helper\)".*/\1/p' | tail -n 1)
if [ -z "$built" ] || [ ! -x "$built" ]; then die 30 "cargo did not say where it put wfo-helper; nothing was installed"; fi
version=$("$built" --version) || die 30 "$built does not run; nothing was installed"

umask 077
mkdir -p "$folder"
chmod 700 "$config/wfo" "$folder"
draft=$folder/.wfo-helper.$$
trap 'rm -f "$draft" "$draft.record"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
cp "$built" "$draft"
chmod 700 "$draft"
# First the record of both, old and new: wherever this is cut off, the file that is there is known. Renaming then puts the
# whole file in place at once, also under a running one.
sum_of "$draft" >"$draft.record"
cat "$draft.record" >>"$record"
mv -f "$draft" "$binary"
mv -f "$draft.record" "$record"
say "installed $version to $binary"

call=$binary
if [ "$link" = yes ]; then
  (umask 022 && mkdir -p "${shortcut%/*}")
  is_our_link || ln -s "$binary" "$shortcut"
  say "linked    $shortcut"
  case :${PATH:-}: in
    *":${shortcut%/*}:"*) call=wfo-helper ;;
    *) say "          ${shortcut%/*} is not on your PATH: add it there" ;;
  esac
fi

say "next:"
say "  $call setup     lets Claude Code use it without a question for each call (shows the change first)"
say "  $call doctor    checks the installation"

#!/bin/sh
# Make sure that what the tests need of the system is there: a Chromium for the browser tests, and the two graphics
# libraries that skia (drawing of training pictures) is linked with. Find them, else install Debian's, else say how.
chromium() {
  for name in "$CHROMIUM" chromium chromium-browser google-chrome; do
    [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && return 0
  done
  [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}
graphics() {
  [ "$(uname)" != Linux ] || { /sbin/ldconfig -p | grep -q libEGL.so.1 && /sbin/ldconfig -p | grep -q libGL.so.1; }
}
wanted=""
chromium || wanted="chromium"
graphics || wanted="$wanted libegl1 libgl1"
[ -z "$wanted" ] && exit 0
if command -v apt-get >/dev/null 2>&1; then
  sudo=""; [ "$(id -u)" = 0 ] || sudo="sudo"
  # shellcheck disable=SC2086
  $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq $wanted >/dev/null && exit 0
fi
echo "The tests need: $wanted. Install it (Debian: apt-get install $wanted; macOS: brew install chromium)"
echo "or name your own browser: CHROMIUM=/path/to/chromium make test"
exit 2

#!/bin/bash
# Makes a node as the signed lock of its cluster says. Made by `hatch run cluster render`; not to be edited.
# It needs the runtime's own Python, with the boto3, cryptography, packaging and pip that the runtime ships.
# What it runs is packed below, as Databricks takes no larger scripts. In the repository's databricks/ it has SHA-256
@digests@
set -uo pipefail
umask 077
cluster=@cluster@
runtime=@runtime@
interpreter=@interpreter@
place=@place@
refresher=@refresher@
beacon=@beacon@

# Nothing that this script inherits adds an index, a constraint or a module: only who and where this node is gets
# through, its way out, and its own credentials.
while IFS= read -r name; do
  case $name in
  DB_* | DATABRICKS_RUNTIME_VERSION | http_proxy | https_proxy | no_proxy | HTTP_PROXY | HTTPS_PROXY | NO_PROXY) ;;
  AWS_ACCESS_KEY_ID | AWS_SECRET_ACCESS_KEY | AWS_SESSION_TOKEN | AWS_ROLE_ARN | AWS_WEB_IDENTITY_TOKEN_FILE) ;;
  AWS_CONTAINER_* | AWS_EC2_METADATA_* | AWS_CA_BUNDLE | SSL_CERT_FILE | SSL_CERT_DIR) ;;
  *) unset "$name" 2>/dev/null ;;
  esac
done < <(compgen -e)
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
export AWS_METADATA_SERVICE_TIMEOUT=5 AWS_METADATA_SERVICE_NUM_ATTEMPTS=5 # a node that has just started is slow

fail() { # CODE STATUS WHAT HINT
  local role=executor
  [ "${DB_IS_DRIVER:-}" = TRUE ] && role=driver
  printf 'wheelyard: FAIL code=%s cluster=%s node=%s role=%s runtime=%s what="%s"\n' \
    "$1" "$cluster" "${DB_CONTAINER_IP:-${HOSTNAME:-}}" "$role" "${DATABRICKS_RUNTIME_VERSION:-$runtime}" "$3"
  printf 'hint: %s\n' "$4" >&2
  rm -f "$place/installed.json" "$place/pointer.intoto.jsonl"
  exit "$2"
}

full() {
  fail disk 32 "$place can't be written to" "give the node a larger disk"
}

if ! [ -x "$interpreter" ]; then
  fail runtime 21 "there is no $interpreter" "lock, render and push for the runtime that this cluster has"
fi
if ! { mkdir -p "$place" && chmod 755 "$place" && cd "$place" && rm -f installed.json pointer.intoto.jsonl && rm -rf work.*; }; then
  full
fi
work=$(mktemp -d "$place/work.XXXXXX") || full
trap 'rm -rf "$work"' EXIT

cat >"$work/settings.json" <<'@end@' || full
@settings@
@end@
cat >"$work/sources" <<'@end@' || full
@sources@
@end@
"$interpreter" -E -s - "$work" <<'@end@' || full
import base64, bz2, json, pathlib, sys
work = pathlib.Path(sys.argv[1])
for name, text in json.loads(bz2.decompress(base64.b64decode((work / "sources").read_bytes()))).items():
    (work / name).write_text(text, encoding="utf-8")
@end@

# Nodes that come later get what this driver gets: it serves the pointer that it installs by, once that is chosen. It is
# no reason to fail if it can't: they ask the volume then, and say so.
if [ "${DB_IS_DRIVER:-}" = TRUE ]; then
  cp "$work/beacon.py" beacon.py || full
  setsid "$interpreter" -E -s -B "$place/beacon.py" "$place/pointer.intoto.jsonl" "$beacon" "${DB_CONTAINER_IP:-}" \
    </dev/null >>"$place/beacon.log" 2>&1 &
fi

"$interpreter" -E -s -B "$work/install.py" "$work/settings.json" </dev/null &
child=$!
trap 'kill -TERM "$child" 2>/dev/null' TERM INT HUP # it takes back what it has begun, and says so
wait "$child"
code=$?
while kill -0 "$child" 2>/dev/null; do
  wait "$child"
  code=$?
done
trap - TERM INT HUP
case $code in
0) ;;
1 | 2[0-9] | 3[0-6]) exit "$code" ;;
*) fail interrupted 35 "the installation ended with $code" "start the node again, and look for what ended it" ;;
esac

if [ -n "$refresher" ]; then
  rm -rf refresher
  if ! { mkdir refresher && cp "$work/settings.json" "$work/codeartifact.py" "$work/refresher.py" refresher; }; then
    full
  fi
  setsid "$interpreter" -E -s -B "$place/refresher/refresher.py" "$place/refresher/settings.json" /etc/pip.conf \
    </dev/null >>"$place/refresher.log" 2>&1 &
fi
exit 0

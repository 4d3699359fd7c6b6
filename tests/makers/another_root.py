"""A machine to install on: this one's files, of which whatever is written is gone afterwards, and a small systemctl.

Commands run in it as root in namespaces of their own, which end with all that they started.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.makers.postfix import SBIN

ROOT = Path(__file__).parents[2]
WITHIN = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]

# All files as they are, but written to a memory that is gone afterwards.
ENTER = """\
set -eu
mount -t tmpfs tmpfs {room}
mkdir {room}/upper {room}/work {room}/root
mount -t overlay overlay -o lowerdir=/,upperdir={room}/upper,workdir={room}/work {room}/root
mount -t proc proc {room}/root/proc
mount --rbind /dev {room}/root/dev
exec chroot {room}/root /bin/bash {script}
"""
# What there is of systemd in it: a service runs as its user, with all files but those of its state read-only.
SYSTEMCTL = """\
set -eu
verb=$1; shift
for unit in "$@"; do
  [ "$unit" != --now ] || continue
  case $unit in *.timer) test -f /etc/systemd/system/$unit; continue;; *.service) ;; *) unit=$unit.service;; esac
  file=/etc/systemd/system/$unit
  of() { sed -n "s/^$1=//p" $file; }
  if [ $verb = stop ] || [ $verb = restart ]; then
    kill $(cat /run/$unit.pid)
    while [ -d /proc/$(cat /run/$unit.pid) ]; do sleep 0.1; done
  fi
  [ $verb != stop ] || continue
  install -d -o $(of User) -m $(of StateDirectoryMode) /var/lib/$(of StateDirectory)
  unshare --mount bash -c "
    mount --rbind / /mnt && mount -o remount,bind,ro /mnt
    mount --bind /var/lib/$(of StateDirectory) /mnt/var/lib/$(of StateDirectory)
    mount -t tmpfs tmpfs /mnt/tmp
    cd /mnt$(of WorkingDirectory)
    umask $(of UMask)
    exec chroot /mnt setpriv --reuid $(of User) --regid $(of Group) --init-groups --no-new-privs --bounding-set=-all \\
      --inh-caps=-all env -i PATH=/usr/bin:/bin $(of ExecStart)" >> /run/$unit.log 2>&1 &
  echo $! > /run/$unit.pid
  [ "$(of Type)" != oneshot ] || wait $!
done
"""


def is_possible() -> bool:
    """Whether this process may make one here."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    made = subprocess.run([*WITHIN, "bash", "-c", ENTER.format(room="/mnt", script="-c true")], capture_output=True)
    return made.returncode == 0


def install_beforehand() -> str:
    """Commands that do what needs a network or a minute: the clone, and the packages of its .venv, which are ours."""
    site, prefix = sysconfig.get_paths()["purelib"], Path(sys.base_prefix)
    above = " ".join(str(folder) for folder in prefix.parents if str(folder) != "/")
    return f"""
chmod a+x {above}
mkdir /opt/icewire /opt/packages
mount --bind {site} /opt/packages
tar -C {ROOT} --exclude={{./.git,./.venv,./var,__pycache__}} -cf - . | tar -C /opt/icewire -xf -
{prefix}/bin/python3 -m venv --without-pip /opt/icewire/.venv
printf '%s\\n' /opt/icewire /opt/packages > $(echo /opt/icewire/.venv/lib/python3.*/site-packages)/ours.pth
printf '#!/opt/icewire/.venv/bin/python\\nfrom scheduler.cli import main\\nmain()\\n' > /opt/icewire/.venv/bin/icewire
chmod 755 /opt/icewire/.venv/bin/icewire
touch /opt/icewire/.venv/.set-up
mkdir /run/shims
cat > /run/shims/systemctl.sh <<'END'
{SYSTEMCTL}
END
printf '#!/bin/sh\\nexec bash /run/shims/systemctl.sh "$@"\\n' > /run/shims/systemctl
chmod 755 /run/shims/systemctl
"""


def run_there(folder: Path, script: str, seconds: float = 240) -> subprocess.CompletedProcess[str]:
    """Run a script of bash as root on such a machine; skips the test where there can be none."""
    if not is_possible():
        pytest.skip("no overlay of all files can be mounted here: that needs root and CAP_SYS_ADMIN")
    room, file = folder / "room", folder / "script"
    room.mkdir()
    file.write_text(f"PS4='+ $SECONDS '\nset -eux\nexport PATH=/run/shims:{SBIN}\n{script}")
    command = [*WITHIN, "bash", "-c", ENTER.format(room=room, script=file)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL, umask=0o022
    )

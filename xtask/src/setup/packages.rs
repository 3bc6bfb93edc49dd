//! The names of the packages that are needed, for each system's package manager.
//!
//! Debian's are used every day. The others are the same programs under the names those systems give them.

use super::system::System;

/// Packages that are needed for the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// Compiling the app.
    Build,
    /// A virtual display with a keychain, and hands on it.
    Desktop,
    /// Looking at system calls, and having them fail.
    Faults,
    /// A Ceph gateway.
    Gateway,
    /// Node, for the interface.
    Node,
}

impl Group {
    /// What they are needed for, as the beginning of "… needs".
    pub(super) fn purpose(self) -> &'static str {
        match self {
            Self::Build => "building Dipper",
            Self::Desktop => "driving Dipper on a virtual display",
            Self::Faults => "testing what disks do to transfers",
            Self::Gateway => "testing against Ceph",
            Self::Node => "the interface",
        }
    }
}

/// The packages of a group; none where the system brings it all, or where nobody knows.
pub(super) fn of(system: System, group: Group) -> Vec<&'static str> {
    let row = TABLE
        .iter()
        .find(|(systems, row_group, _)| *row_group == group && systems.contains(&system));
    row.map_or_else(Vec::new, |(_, _, names)| names.split_whitespace().collect())
}

/// Systems, what for, and the names there.
type Row = (&'static [System], Group, &'static str);

const TABLE: [Row; 16] = [
    (
        &[System::Apt],
        Group::Build,
        "build-essential pkg-config libwebkit2gtk-4.1-dev libayatana-appindicator3-dev librsvg2-dev libxdo-dev libdbus-1-dev",
    ),
    (
        &[System::Apt],
        Group::Desktop,
        "webkit2gtk-driver xvfb xauth xdotool dbus dbus-x11 gnome-keyring libsecret-tools fonts-dejavu-core",
    ),
    (
        &[System::Apt, System::Dnf, System::Pacman, System::Zypper],
        Group::Faults,
        "strace util-linux",
    ),
    (&[System::Apt], Group::Gateway, "radosgw ceph-mon ceph-osd ceph-common"),
    (&[System::Apt, System::Dnf, System::Pacman], Group::Node, "nodejs npm"),
    (
        &[System::Dnf],
        Group::Build,
        "gcc gcc-c++ make pkgconf-pkg-config webkit2gtk4.1-devel libappindicator-gtk3-devel librsvg2-devel libxdo-devel
         dbus-devel",
    ),
    (
        &[System::Dnf],
        Group::Desktop,
        "webkit2gtk-driver xorg-x11-server-Xvfb xdotool dbus-daemon dbus-tools gnome-keyring libsecret dejavu-sans-fonts",
    ),
    (
        &[System::Dnf, System::Zypper],
        Group::Gateway,
        "ceph-radosgw ceph-mon ceph-osd ceph-common",
    ),
    (
        &[System::Pacman],
        Group::Build,
        "base-devel webkit2gtk-4.1 libappindicator-gtk3 librsvg xdotool dbus",
    ),
    (
        &[System::Pacman],
        Group::Desktop,
        "xorg-server-xvfb gnome-keyring libsecret ttf-dejavu",
    ),
    (
        &[System::Zypper],
        Group::Build,
        "gcc gcc-c++ make pkgconf webkit2gtk3-devel libappindicator3-1 librsvg-devel xdotool-devel dbus-1-devel",
    ),
    (
        &[System::Zypper],
        Group::Desktop,
        "xorg-x11-server-Xvfb xdotool dbus-1 gnome-keyring libsecret-tools",
    ),
    (&[System::Zypper], Group::Node, "nodejs22 npm22"),
    (&[System::Brew], Group::Node, "node"),
    (&[System::Winget], Group::Build, "Microsoft.EdgeWebView2Runtime"),
    (&[System::Winget], Group::Node, "OpenJS.NodeJS.LTS"),
];

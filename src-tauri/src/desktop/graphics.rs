//! Drawing on a computer without a graphics card: a virtual machine, a remote desktop, a virtual display.
//!
//! The web view would draw through an emulated card all the same. Loading that into each of its processes and drawing
//! through it is slower than plain drawing, and holds some 80 MB.

use std::env;
use std::ffi::OsStr;
use std::path::Path;

use gtk::glib;

/// Where Linux shows cards that can draw.
const CARDS: &str = "/dev/dri";
/// What tells GTK and WebKit to leave the emulated card alone. Both read it once, when they begin. WebKit's own setting
/// for this is read only after the card was loaded.
const PLAIN: [(&str, &str); 2] = [("GDK_GL", "disable"), ("WEBKIT_DISABLE_DMABUF_RENDERER", "1")];

/// Without a card, has everything drawn plainly, unless the environment says how to draw. To be called before there is any
/// other thread, which might read the environment meanwhile.
pub(crate) fn draw_plainly_without_a_card() {
    let decided = PLAIN.iter().any(|(name, _)| env::var_os(name).is_some());
    if decided || has_card(Path::new(CARDS)) {
        return;
    }
    for (name, value) in PLAIN {
        if let Err(error) = glib::setenv(name, value, false) {
            tracing::warn!(%error, "Dipper draws through an emulated graphics card");
        }
    }
}

fn has_card(folder: &Path) -> bool {
    let is_card = |name: &OsStr| name.as_encoded_bytes().starts_with(b"renderD");
    folder
        .read_dir()
        .is_ok_and(|entries| entries.flatten().any(|entry| is_card(&entry.file_name())))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::fs;

    use super::has_card;

    #[test]
    fn a_card_is_one_that_can_draw() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_card(&folder.path().join("missing")));
        fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_card(folder.path()), "a card that only shows");
        fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_card(folder.path()));
    }
}

//! Drawing on a computer without a graphics card: a virtual machine, a remote desktop, a virtual display.
//!
//! The web view would draw through an emulated card all the same. That is slower than plain drawing, and costs every start
//! a tenth of a second and some 80 MB.

use std::env;
use std::ffi::OsStr;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// Where Linux shows cards that can draw.
const CARDS: &str = "/dev/dri";
/// What tells GTK and WebKit to leave the emulated card alone. Both read it when they are loaded.
const PLAIN: [(&str, &str); 2] = [("GDK_GL", "disable"), ("WEBKIT_DISABLE_DMABUF_RENDERER", "1")];

/// Without a card, becomes the same program with plain drawing. Comes back where there is nothing to do, or where that
/// failed: then everything works as well, only slower.
pub(crate) fn draw_plainly_without_a_card() {
    let decided = PLAIN.iter().any(|(name, _)| env::var_os(name).is_some());
    if decided || has_card(Path::new(CARDS)) {
        return;
    }
    let Ok(program) = env::current_exe() else { return };
    let error = Command::new(program).args(env::args_os().skip(1)).envs(PLAIN).exec();
    tracing::warn!(%error, "Dipper draws through an emulated graphics card");
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

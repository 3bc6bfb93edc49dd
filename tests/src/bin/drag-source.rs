//! A small window full of files, to drag them out of: the desktop's part in a drop from outside.
//!
//! `drag-source X Y FILE…` shows it at that place of the screen, prints `ready`, and ends when it is killed.

#[cfg(target_os = "linux")]
fn main() -> Result<(), gtk::glib::BoolError> {
    linux::show()
}

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
#[expect(clippy::print_stdout, reason = "the test waits for the line")]
mod linux {
    use std::path::PathBuf;

    use gtk::gdk::DragAction;
    use gtk::glib::{self, BoolError};
    use gtk::prelude::*;
    use gtk::{TargetEntry, TargetFlags};

    pub(super) fn show() -> Result<(), BoolError> {
        let mut arguments = std::env::args().skip(1);
        let mut number = || arguments.next().and_then(|text| text.parse().ok()).unwrap_or(0);
        let (x, y) = (number(), number());
        let uris = arguments
            .map(|path| glib::filename_to_uri(PathBuf::from(path), None).map(String::from))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| glib::bool_error!(error.to_string()))?;
        gtk::init()?;
        // A popup, since a screen without a window manager gives a normal window neither place nor size.
        let window = gtk::Window::new(gtk::WindowType::Popup);
        window.set_default_size(90, 90);
        window.move_(x, y);
        let handle = gtk::EventBox::new();
        handle.add(&gtk::Label::new(Some("drag me")));
        let targets = [TargetEntry::new("text/uri-list", TargetFlags::OTHER_APP, 0)];
        handle.drag_source_set(gtk::gdk::ModifierType::BUTTON1_MASK, &targets, DragAction::COPY);
        handle.connect_drag_data_get(move |_, _, data, _, _| {
            let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
            data.set_uris(&uris);
        });
        window.add(&handle);
        window.connect_map_event(|_, _| {
            println!("ready");
            glib::Propagation::Proceed
        });
        window.show_all();
        gtk::main();
        Ok(())
    }
}

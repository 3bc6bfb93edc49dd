//! Transfers that wait: what is done at a time is limited in the window, and the order is changed by button, key and menu.

use std::path::PathBuf;

use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};

use crate::{alone, with_picture};

const QUEUED: &str = "[data-state=queued] .name";

#[tokio::test(flavor = "multi_thread")]
async fn transfers_that_wait_begin_in_the_order_they_are_moved_to() {
    let _alone = alone().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = async {
        window.click("button", "~Try it with local storage").await?;
        window.new_bucket("queue").await?;
        the_settings_let_one_at_a_time_crawl(&window).await?;
        four_files_are_dropped(&desk, &window).await?;
        they_are_moved(&window).await?;
        more_at_once_let_them_go(&window).await
    };
    with_picture("queue", &window, outcome.await).await;
    window.close().await.unwrap();
}

async fn the_settings_let_one_at_a_time_crawl(window: &Window) -> Result<(), Failure> {
    window.press("Control+,").await?;
    window.choose("Transfers at work at once", "1").await?;
    window.choose("Limit of the speed up", "100 KB/s").await?;
    window.click("button", "Done").await?;
    window.gone("dialog", "").await
}

/// The first one lasts longer than the test.
async fn four_files_are_dropped(desk: &Desk, window: &Window) -> Result<(), Failure> {
    for (name, size) in [("large.bin", 1 << 30), ("a.txt", 1), ("b.txt", 2), ("c.txt", 3)] {
        let file: PathBuf = desk.home().join(name);
        std::fs::File::create(&file)?.set_len(size)?;
        window.drop_files(desk, &[file]).await?;
        window.click("tab", "~Transfers").await?;
        window.read(name).await?;
    }
    window.see_texts("[data-state=running] .name", &["large.bin"]).await?;
    window.see_texts(QUEUED, &["a.txt", "b.txt", "c.txt"]).await
}

async fn they_are_moved(window: &Window) -> Result<(), Failure> {
    let press_the_last =
        "[...document.querySelectorAll('[data-state=queued] [aria-label=\"Move to top\"]')].at(-1).click()";
    window.run(press_the_last, vec![]).await?;
    window.see_texts(QUEUED, &["c.txt", "a.txt", "b.txt"]).await?;

    let focus_the_first = "document.querySelector('[data-state=queued] [aria-label=\"Cancel\"]').focus()";
    window.run(focus_the_first, vec![]).await?;
    window.press("Alt+Shift+Down").await?;
    window.see_texts(QUEUED, &["a.txt", "c.txt", "b.txt"]).await?;
    window.press("Alt+Shift+End").await?;
    window.see_texts(QUEUED, &["a.txt", "b.txt", "c.txt"]).await?;
    window.see_focus("button", "Cancel").await?;

    let open_the_menu =
        "document.activeElement.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }))";
    window.run(open_the_menu, vec![]).await?;
    window.click("menuitem", "~Move up").await?;
    window.see_texts(QUEUED, &["a.txt", "c.txt", "b.txt"]).await
}

async fn more_at_once_let_them_go(window: &Window) -> Result<(), Failure> {
    window.choose("Transfers at work at once", "2").await?;
    let done = "[data-state=done] .name";
    // What was done last stands first.
    window
        .until("all small ones to be done", async || {
            Ok((window.texts(done).await?.len() == 3).then_some(()))
        })
        .await?;
    window.see_texts("[data-state=running] .name", &["large.bin"]).await?;
    window.click("button", "Cancel").await?;
    window.see_texts("[data-state=cancelled] .name", &["large.bin"]).await
}

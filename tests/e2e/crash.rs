//! The program killed in the middle of its work, and started again: it finishes by itself, and what it stored is whole.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};

use crate::cloud::Cloud;
use crate::{alone, with_picture};

const BUCKET: &str = "crash-1";
/// So many that all of them take seconds on a quick machine: each is a request, a file and a row of its own.
const FILES: usize = 1200;
/// Sparse, so that they are there at once.
const SIZE: u64 = 128 << 10;
/// A machine that builds something else meanwhile needs long for them.
const LONG: Duration = Duration::from_mins(4);

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_killed_in_the_middle_is_finished_by_the_next_start() {
    let _alone = alone().await;
    let desk = Desk::new().unwrap();
    let folder = many_files(desk.home()).unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = killed_in_the_middle(&desk, &window, folder).await;
    with_picture("killed", &window, outcome).await;
    drop(window);

    let window = Window::open(&desk).await.unwrap();
    let outcome = finished_by_itself(&window).await;
    let kept = with_picture("taken-up", &window, outcome).await;
    window.close().await.unwrap();
    assert!(
        (1..FILES).contains(&kept),
        "killed in the middle, not with {kept} of {FILES} done"
    );
    everything_is_stored(&desk).await;
}

/// A folder of files that each begin with their own name.
fn many_files(home: &Path) -> Result<PathBuf, Failure> {
    let folder = home.join("recordings");
    std::fs::create_dir(&folder)?;
    for number in 0..FILES {
        let path = folder.join(format!("take-{number:04}.wav"));
        std::fs::write(&path, head_of(number))?;
        std::fs::OpenOptions::new().write(true).open(&path)?.set_len(SIZE)?;
    }
    Ok(folder)
}

fn head_of(number: usize) -> String {
    format!("this is take {number:04}")
}

async fn killed_in_the_middle(desk: &Desk, window: &Window, folder: PathBuf) -> Result<(), Failure> {
    window.click("button", "~Try it with local storage").await?;
    window.new_bucket(BUCKET).await?;
    window.drop_files(desk, &[folder]).await?;
    // So many are not sent before somebody has seen them.
    window.click("button", "^Upload 1").await?;
    window.click("tab", "~Transfers").await?;
    until_share(window, 5, LONG).await?;
    desk.kill("Dipper")?;
    for _ in 0..300 {
        if desk.windows_called("Dipper")?.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Failure::NotFound("the end of the killed program".to_owned()))
}

/// Nothing is pressed but the tab to look at. Gives how many were done before the kill, as the window says.
async fn finished_by_itself(window: &Window) -> Result<usize, Failure> {
    window.read("Resumed 1 transfer.").await?;
    window.click("tab", "~Transfers").await?;
    let banner = async || Ok(window.texts("[data-testid=resumed]").await?.into_iter().next());
    let said = window.until("the banner", banner).await?;
    let kept = said.split_once("finished.").map_or("", |(_, behind)| behind);
    let kept = kept.split_once(" object").map_or("", |(count, _)| count);
    // Thousands are parted by a space.
    let kept: String = kept.chars().filter(char::is_ascii_digit).collect();
    let kept = kept
        .parse()
        .map_err(|_| Failure::NotFound(format!("how many were kept in “{said}”")))?;
    until_share(window, 100, LONG).await?;
    window.read("objects stored").await?;
    window.click("button", "Dismiss").await?;
    window.gone("button", "Dismiss").await?;
    Ok(kept)
}

/// Waits until the one transfer has come so far.
async fn until_share(window: &Window, least: u64, most: Duration) -> Result<(), Failure> {
    let begun = Instant::now();
    let share = "return parseInt(document.querySelector('[data-job] .progress')?.innerText ?? '') || 0";
    while begun.elapsed() < most {
        if window.run(share, vec![]).await?.as_u64() >= Some(least) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    Err(Failure::NotFound(format!("a transfer at {least} %")))
}

/// Asks the store itself, through a server of the test's own: every file once, whole, and nothing else.
async fn everything_is_stored(desk: &Desk) {
    let store = Cloud::over(&desk.home().join("data/dev.dipper.desktop/local-storage")).await;
    let keys: BTreeSet<String> = store.owner.keys(BUCKET).await.into_keys().collect();
    let wanted: BTreeSet<String> = (0..FILES)
        .map(|number| format!("recordings/take-{number:04}.wav"))
        .collect();
    assert_eq!(keys, wanted);
    for number in (0..FILES).step_by(71) {
        let stored = store
            .owner
            .get(BUCKET, &format!("recordings/take-{number:04}.wav"))
            .await;
        assert_eq!(stored.len() as u64, SIZE);
        let head = head_of(number);
        assert!(
            stored.starts_with(head.as_bytes()),
            "take {number} holds another's bytes"
        );
        assert!(stored[head.len()..].iter().all(|byte| *byte == 0), "take {number}");
    }
}

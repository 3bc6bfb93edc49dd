//! The window itself: a second start, its place, closing over transfers, a data folder that can't be used.

use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window, program};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::{alone, with_picture};

/// Started again, Dipper shows the window that is there and ends; a place and a size chosen for it are kept.
#[tokio::test(flavor = "multi_thread")]
async fn one_window_is_enough_and_its_size_is_kept() {
    let _alone = alone().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = async {
        let second = start_again(&desk).await?;
        assert!(second.success(), "the second start ended with {second}");
        assert_eq!(desk.windows_called("Dipper")?.len(), 1);
        desk.resize("Dipper", (1010, 640))?;
        wait_for_size(&window, (1010, 640)).await?;
        window.click_to_end("button", "Close").await
    };
    with_picture("one-window", &window, outcome.await).await;
    wait_for_end(&desk).await.unwrap();
    drop(window);
    let window = Window::open(&desk).await.unwrap();
    let outcome = wait_for_size(&window, (1010, 640)).await;
    with_picture("size-is-kept", &window, outcome).await;
    window.close().await.unwrap();
}

/// Started while the one before is still ending, Dipper opens: the other can be asked for its window, and never answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_while_the_one_before_ends_opens_a_window() {
    let _alone = alone().await;
    let desk = Desk::new().unwrap();
    let mut before = Command::new(program().unwrap())
        .envs(desk.environment())
        .spawn()
        .unwrap();
    while desk.windows_called("Dipper").unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let process = Pid::from_raw(i32::try_from(before.id()).unwrap());
    kill(process, Signal::SIGSTOP).unwrap();
    let ends = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        before.kill().unwrap();
        before.wait().unwrap();
    };
    let opens = tokio::time::timeout(Duration::from_mins(1), Window::open(&desk));
    let (window, ()) = tokio::join!(opens, ends);
    let window = window.unwrap().unwrap();
    let outcome = window.see("button", "~Try it with local storage").await;
    with_picture("started-again", &window, outcome.map(drop)).await;
    window.close().await.unwrap();
}

/// Closing over a running transfer asks; one answer keeps the window, another pauses and quits, and then the next start
/// goes on by itself, with what was reached.
#[tokio::test(flavor = "multi_thread")]
async fn closing_over_a_running_transfer_asks_first() {
    let _alone = alone().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = async {
        a_long_transfer(&desk, &window, "closing-1").await?;
        window.click("button", "Close").await?;
        window.see("alertdialog", "~Quit while 1 transfer is running").await?;
        window.press("Enter").await?;
        window.gone("alertdialog", "~Quit while").await?;
        window.see("progressbar", "").await?;
        window.press("Control+q").await?;
        window.click_to_end("button", "Pause and quit").await
    };
    with_picture("closing", &window, outcome.await).await;
    wait_for_end(&desk).await.unwrap();
    drop(window);

    let window = Window::open(&desk).await.unwrap();
    let outcome = async {
        window.read("Resumed 1 transfer.").await?;
        window.click("tab", "~Transfers").await?;
        window.see("button", "Dismiss").await?;
        window.click("button", "Cancel").await?;
        window.read("Cancelled").await
    };
    with_picture("closed-and-resumed", &window, outcome.await).await;
    let left = async || Ok((large_files(&desk) == 0).then_some(()));
    window.until("no parts of what was cancelled", left).await.unwrap();
    window.close().await.unwrap();
}

/// In the background the window is gone and the transfer goes on; a second start shows the same window, and the program
/// ends by itself when nothing runs any more.
#[tokio::test(flavor = "multi_thread")]
async fn transfers_go_on_in_the_background_and_the_program_ends_with_the_last_one() {
    let _alone = alone().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = async {
        a_long_transfer(&desk, &window, "background-1").await?;
        keep_going(&desk, &window).await?;
        let second = start_again(&desk).await?;
        assert!(second.success(), "the second start ended with {second}");
        window
            .until("the window to be back", async || {
                Ok((!desk.windows_called("Dipper")?.is_empty()).then_some(()))
            })
            .await?;
        window.gone("alertdialog", "~Quit while").await?;
        window.see("progressbar", "").await?;
        keep_going(&desk, &window).await?;
        assert_eq!(
            desk.processes_called("Dipper")?.len(),
            1,
            "it goes on without its window"
        );
        // What nobody sees cannot be clicked; the page does as if, once the driver has its answer: the program ends with
        // the transfer, and an answer that is still on its way would never come.
        let cancel = "const button = document.querySelector('[data-job] button[aria-label=Cancel]');
            setTimeout(() => button.click(), 1000)";
        drop(tokio::time::timeout(Duration::from_secs(20), window.run(cancel, vec![])).await);
        Ok(())
    };
    with_picture("background", &window, outcome.await).await;
    wait_for_process_end(&desk).await.unwrap();
}

/// Starts an upload that lasts longer than a test: 8 GiB, written sparse, are there at once and take long to read.
async fn a_long_transfer(desk: &Desk, window: &Window, bucket: &str) -> Result<(), Failure> {
    window.click("button", "~Try it with local storage").await?;
    window.new_bucket(bucket).await?;
    let file = desk.home().join("large.bin");
    std::fs::File::create(&file)?.set_len(8 << 30)?;
    window.drop_files(desk, &[file]).await?;
    window.click("tab", "~Transfers").await?;
    window.see("progressbar", "").await.map(drop)
}

/// Closes the window over a transfer that is to go on.
async fn keep_going(desk: &Desk, window: &Window) -> Result<(), Failure> {
    window.click("button", "Close").await?;
    window.see("alertdialog", "~Quit while 1 transfer is running").await?;
    // The driver answers a click only once the page is drawn again, which a hidden one never is.
    let button = window.see("button", "Keep going in the background").await?;
    let button = serde_json::to_value(button).unwrap_or_default();
    window
        .run(
            "const [button] = arguments; setTimeout(() => button.click(), 500)",
            vec![button],
        )
        .await?;
    wait_for_end(desk).await
}

/// How many files of more than a MiB Local storage holds. Databases beside them may be as large.
fn large_files(desk: &Desk) -> usize {
    files_below(&desk.home().join("data"))
        .filter(|file| !file.to_string_lossy().contains("sqlite"))
        .filter(|file| file.metadata().is_ok_and(|data| data.len() > 1 << 20))
        .count()
}

/// A data folder that can't be used is said in the window; mended, the same window goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_that_cannot_be_used_is_said_in_the_window() {
    let _alone = alone().await;
    let desk = Desk::new().unwrap();
    let folder = desk.home().join("data/dev.dipper.desktop");
    std::fs::write(&folder, "a file stands where the folder should be").unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = async {
        window.read("Dipper could not start").await?;
        window.read("dev.dipper.desktop").await?;
        std::fs::remove_file(&folder)?;
        window.click("button", "Try again").await?;
        window.see("button", "~Add account").await.map(drop)
    };
    with_picture("bad-folder", &window, outcome.await).await;
    window.close().await.unwrap();
}

/// The second start ends by itself, and soon.
async fn start_again(desk: &Desk) -> Result<ExitStatus, Failure> {
    let mut second = Command::new(program()?).envs(desk.environment()).spawn()?;
    for _ in 0..200 {
        if let Some(status) = second.try_wait()? {
            return Ok(status);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    second.kill()?;
    second.wait()?;
    Err(Failure::NotFound("the end of the second start".to_owned()))
}

async fn wait_for_size(window: &Window, (width, height): (u32, u32)) -> Result<(), Failure> {
    let fits = async || {
        let size = window.run("return [innerWidth, innerHeight]", vec![]).await?;
        Ok((size == serde_json::json!([width, height])).then_some(()))
    };
    window.until(&format!("a window of {width} × {height}"), fits).await
}

async fn wait_for_process_end(desk: &Desk) -> Result<(), Failure> {
    for _ in 0..300 {
        if desk.processes_called("Dipper")?.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Failure::NotFound("the end of the hidden program".to_owned()))
}

/// Until no window is on the screen.
async fn wait_for_end(desk: &Desk) -> Result<(), Failure> {
    for _ in 0..300 {
        if desk.windows_called("Dipper")?.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Failure::NotFound("the end of the program".to_owned()))
}

fn files_below(folder: &Path) -> impl Iterator<Item = std::path::PathBuf> {
    let mut folders = vec![folder.to_path_buf()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.into_iter()
}

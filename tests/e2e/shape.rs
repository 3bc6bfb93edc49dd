//! The window's shape: narrow, small, dark, its panes as wide as somebody made them, and all of it after a restart.

use std::path::Path;

use dipper_tests::desk::Desk;
use dipper_tests::window::{Failure, Window};

use crate::{alone, with_picture};

#[tokio::test(flavor = "multi_thread")]
async fn a_narrow_and_a_small_window_can_do_everything() {
    let _alone = alone().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = shrink(&desk, &window).await;
    with_picture("small", &window, outcome).await;
    window.close().await.unwrap();
}

async fn shrink(desk: &Desk, window: &Window) -> Result<(), Failure> {
    window.click("button", "~Try it with local storage").await?;
    window.read("No buckets yet").await?;
    for (width, height, bucket) in [(900, 700, "narrow"), (640, 420, "small")] {
        resize(desk, window, width, height).await?;
        window.click("button", "Show buckets").await?;
        window.new_bucket(bucket).await?;
        window.gone("option", &format!("~{bucket}")).await?;
        window.new_text_object("hello.txt", "Hello World!").await?;
        nothing_sticks_out(window).await?;
        window.click("row", "^hello.txt").await?;
        window.press("Control+2").await?;
        window.make_public().await?;
        nothing_sticks_out(window).await?;
        if height < 480 {
            window.click("button", "Hide details").await?;
        }
        window.link(&["Public link"]).await?;
        window.click("row", "^hello.txt").await?;
        window.click("button", "Delete").await?;
        window.click("button", "Delete 1 object").await?;
        window.read("This bucket is empty").await?;
        window.click("button", "Show buckets").await?;
        window.delete_empty_bucket(bucket).await?;
    }
    Ok(())
}

/// As somebody drags the corner; done when the page has taken the size.
async fn resize(desk: &Desk, window: &Window, width: u32, height: u32) -> Result<(), Failure> {
    desk.resize("Dipper", (width, height))?;
    let sized = async || {
        let script = "return innerWidth === arguments[0] && innerHeight === arguments[1]";
        Ok((window.run(script, vec![width.into(), height.into()]).await? == true).then_some(()))
    };
    window.until(&format!("a window of {width}×{height}"), sized).await
}

/// No scroll bar of the whole page, and every button that can be pressed lies inside the window.
async fn nothing_sticks_out(window: &Window) -> Result<(), Failure> {
    let script = "const outside = [...document.querySelectorAll('button')].filter((button) => {
            const box = button.getBoundingClientRect();
            return box.width > 0 && !button.closest('.vh,.panel,.objs,.toasts') && getComputedStyle(button).visibility !== 'hidden'
                && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1);
        });
        const { scrollWidth, scrollHeight } = document.documentElement;
        return [scrollWidth > innerWidth, scrollHeight > innerHeight, outside.map((button) => button.innerText || button.ariaLabel)]";
    let seen = window.run(script, vec![]).await?;
    assert_eq!(seen, serde_json::json!([false, false, []]));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn theme_and_pane_sizes_are_kept_after_a_restart() {
    let _alone = alone().await;
    let desk = Desk::new().unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = arrange(&desk, &window).await;
    let arranged = with_picture("arranged", &window, outcome).await;
    window.close().await.unwrap();
    let window = Window::open(&desk).await.unwrap();
    let outcome = async {
        window.see("listbox", "Buckets").await?;
        assert_eq!(look_of(&window).await?, arranged);
        set_theme(&window, "Light").await
    };
    let light = with_picture("rearranged", &window, outcome.await).await;
    assert_ne!(light, arranged.1, "light and dark differ");
    window.close().await.unwrap();
}

/// The sizes of the two panes, and the colour behind everything.
type Look = ((String, String), String);

async fn look_of(window: &Window) -> Result<Look, Failure> {
    let script = "const size = (name) => document.querySelector(`[role=separator][aria-label='${name}']`)?.ariaValueNow ?? '';
        return [[size('Resize buckets'), size('Resize details')], getComputedStyle(document.querySelector('.main')).backgroundColor]";
    Ok(serde_json::from_value(window.run(script, vec![]).await?).unwrap_or_default())
}

async fn set_theme(window: &Window, theme: &str) -> Result<String, Failure> {
    window.press("Control+,").await?;
    window.click("radio", theme).await?;
    let told = async || {
        let set = window
            .run("return document.documentElement.dataset.theme ?? ''", vec![])
            .await?;
        Ok((set == theme.to_lowercase()).then_some(()))
    };
    window.until(&format!("the theme {theme}"), told).await?;
    window.click("button", "Done").await?;
    window.gone("dialog", "").await?;
    Ok(look_of(window).await?.1)
}

async fn arrange(desk: &Desk, window: &Window) -> Result<Look, Failure> {
    window.click("button", "~Try it with local storage").await?;
    window.read("No buckets yet").await?;
    set_theme(window, "Dark").await?;
    let before = look_of(window).await?;
    for (line, key) in [("Resize buckets", "Right"), ("Resize details", "Up")] {
        let focus = "document.querySelector(`[role=separator][aria-label='${arguments[0]}']`).focus()";
        window.run(focus, vec![line.into()]).await?;
        for _ in 0..5 {
            window.press(key).await?;
        }
    }
    let after = look_of(window).await?;
    let number = |text: &str| text.parse::<i64>().unwrap_or_default();
    assert_eq!(number(&after.0.0) - number(&before.0.0), 40, "{before:?} {after:?}");
    assert_eq!(number(&after.0.1) - number(&before.0.1), 40, "{before:?} {after:?}");
    let written = format!("\"sidebar\":{}", after.0.0);
    let kept = async || Ok(holds(&desk.home().join("data"), written.as_bytes())?.then_some(()));
    window.until("the layout to be written down", kept).await?;
    Ok(after)
}

/// Whether a file below this folder holds these bytes.
fn holds(folder: &Path, bytes: &[u8]) -> Result<bool, Failure> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let found = if path.is_dir() {
            holds(&path, bytes)?
        } else {
            std::fs::read(&path)?.windows(bytes.len()).any(|window| window == bytes)
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

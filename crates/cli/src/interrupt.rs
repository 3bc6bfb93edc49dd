//! Ctrl-C and a request to end. The first one stops the command, which then puts things in order; the second ends the
//! program at once, whatever it is doing: the listener has a thread of its own, so nothing that blocks can delay it.

use tokio::sync::watch;

use crate::exit::{Code, Failure};

/// Starts to listen. The value becomes true with the first interruption.
pub(crate) fn listen() -> Result<watch::Receiver<bool>, Failure> {
    let (sender, receiver) = watch::channel(false);
    let started = std::thread::Builder::new().name("interrupt".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            runtime.block_on(hear(&sender));
        }
    });
    match started {
        Ok(_) => Ok(receiver),
        Err(cause) => Err(Failure::new(
            Code::Failed,
            format!("Could not start a thread: {cause}."),
        )),
    }
}

/// Returns when there was an interruption.
pub(crate) async fn happened(interrupted: &mut watch::Receiver<bool>) {
    if interrupted.wait_for(|happened| *happened).await.is_err() {
        // The listener could not be set up: then the system's own way holds, which ends the program.
        std::future::pending::<()>().await;
    }
}

async fn hear(sender: &watch::Sender<bool>) {
    if signal().await {
        sender.send_replace(true);
        if signal().await {
            std::process::exit(Code::Interrupted.number().into());
        }
    }
}

#[cfg(unix)]
async fn signal() -> bool {
    use tokio::signal::unix::{SignalKind, signal};

    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return false;
    };
    tokio::select! {
        _ = interrupt.recv() => true,
        _ = terminate.recv() => true,
    }
}

#[cfg(not(unix))]
async fn signal() -> bool {
    tokio::signal::ctrl_c().await.is_ok()
}

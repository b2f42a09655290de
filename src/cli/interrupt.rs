//! Ctrl-C where nothing is asked over the network: what is under way ends, and what was reached is kept.

use tokio_util::sync::CancellationToken;

use super::progress::Display;

/// Cancels at the first Ctrl-C, which lets what is being judged end; the second does not wait for that.
pub(super) fn stop_on_interrupt(stop: &CancellationToken, display: &Display) {
    let (stop, display) = (stop.clone(), display.clone());
    let listen = move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            if tokio::signal::ctrl_c().await.is_err() {
                return;
            }
            display.say("waiting for what is being judged; Ctrl-C again does not wait");
            stop.cancel();
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(130);
            }
        });
    };
    // Without a thread, Ctrl-C ends the process as it always does.
    let _ = std::thread::Builder::new().name("interrupt".to_owned()).spawn(listen);
}

//! Lets the model's engine find the function of [`karat::model`] that clears its caches; see `src/model/engine/clearing.rs`.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // A library that is opened looks for a name in the program first, if the program shows it.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo:rustc-link-arg-bins=-Wl,--export-dynamic-symbol=ggml_backend_buffer_clear");
    }
}

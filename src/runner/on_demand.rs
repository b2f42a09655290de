//! Runners that are installed when the first program needs them: few runs do, and they are large.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;

use super::Runner;
use super::install::{InstallError, InstallStep, InstalledRunner};
use super::recipe::Recipe;

/// A runner that is installed when it is first asked for. Clones are the same.
#[derive(Clone)]
pub struct OnDemand(Arc<Inner>);

struct Loaded {
    runner: Arc<dyn Runner>,
    installed: InstalledRunner,
}

struct Inner {
    recipe: &'static Recipe,
    cache: PathBuf,
    /// What installing gave. What failed is not tried again: each of many programs would fetch it anew.
    loaded: OnceLock<Result<Loaded, Arc<InstallError>>>,
}

impl OnDemand {
    /// The runner of a recipe, in a cache directory.
    pub fn new(recipe: &'static Recipe, cache: &Path) -> OnDemand {
        OnDemand(Arc::new(Inner { recipe, cache: cache.to_owned(), loaded: OnceLock::new() }))
    }

    /// How it is made.
    pub fn recipe(&self) -> &'static Recipe {
        self.0.recipe
    }

    /// The runner, which is installed unless it is there. `progress` hears of each step; of several threads that ask at
    /// once, only that of the one that installs.
    ///
    /// # Errors
    ///
    /// As [`Recipe::install`], the same each time.
    pub fn get(&self, progress: &mut dyn FnMut(InstallStep)) -> Result<&dyn Runner, &Arc<InstallError>> {
        let Inner { recipe, cache, loaded } = &*self.0;
        let loaded = loaded.get_or_init(|| {
            let (sender, steps) = mpsc::channel();
            thread::scope(|scope| {
                // A thread of its own: one of a pool would take up other work of the pool while it compiles, and
                // that might come here to wait for itself.
                let install = scope.spawn(move || {
                    recipe.install(cache, &mut |step| {
                        let _ = sender.send(step); // nobody listens any more only if the other side panicked
                    })
                });
                steps.iter().for_each(progress);
                let installed = install.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                installed.map(|(runner, installed)| Loaded { runner, installed }).map_err(Arc::new)
            })
        });
        loaded.as_ref().map(|loaded| loaded.runner.as_ref())
    }

    /// What was installed, if that was asked for and went well.
    pub fn installed(&self) -> Option<&InstalledRunner> {
        self.0.loaded.get()?.as_ref().ok().map(|loaded| &loaded.installed)
    }
}

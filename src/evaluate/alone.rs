//! What the harness failed at is done once more, alone: a verdict must not depend on what else the machine does.

use std::sync::Mutex;

use rayon::ThreadPool;

use crate::lock::lock;

/// Work to be done once more when nothing else runs.
#[derive(Debug)]
pub(super) struct Alone<T>(Mutex<Vec<T>>);

impl<T: Send> Alone<T> {
    pub(super) fn new() -> Alone<T> {
        Alone(Mutex::default())
    }

    /// Puts work aside.
    pub(super) fn put_aside(&self, work: T) {
        lock(&self.0).push(work);
    }

    /// Does what was put aside, one after the other and with all other threads idle, until one fails.
    pub(super) fn finish<E: Send>(
        &self,
        pool: &ThreadPool,
        mut each: impl FnMut(T) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        let put_aside = std::mem::take(&mut *lock(&self.0));
        // On a thread of the pool, where the cells' stacks are.
        pool.install(|| put_aside.into_iter().try_for_each(&mut each))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_aside_is_done_once_and_in_order_until_one_fails() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let alone = Alone::new();
        for work in [1, 2, 3] {
            alone.put_aside(work);
        }
        let mut done = Vec::new();
        let result = alone.finish(&pool, |work| {
            done.push(work);
            if work == 2 { Err("failed") } else { Ok(()) }
        });
        assert_eq!((result, done), (Err("failed"), vec![1, 2]));
        assert_eq!(alone.finish(&pool, |_| Err("there is none left")), Ok(()));
    }
}

//! A list of tasks that several threads work off, and to which they add while they work.
//! Knows when all is done: nothing left, and everybody waits.

use std::sync::{Condvar, Mutex};

/// The list.
pub(crate) struct Share<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    threads: usize,
}

struct State<T> {
    tasks: Vec<T>,
    idle: usize,
    over: bool,
}

impl<T> Share<T> {
    /// Makes an empty list for so many threads.
    pub(crate) fn new(threads: usize) -> Self {
        let state = State { tasks: Vec::new(), idle: 0, over: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), threads }
    }

    /// Adds a task.
    pub(crate) fn push(&self, task: T) {
        if let Ok(mut state) = self.state.lock() {
            state.tasks.push(task);
            self.changed.notify_one();
        }
    }

    /// Says whether somebody waits for work that is not there.
    pub(crate) fn is_hungry(&self) -> bool {
        self.threads > 1 && self.state.lock().is_ok_and(|state| state.idle > state.tasks.len())
    }

    /// Takes a task, waiting for one while others still work; `None` when all is done.
    pub(crate) fn pop(&self) -> Option<T> {
        let mut state = self.state.lock().ok()?;
        state.idle += 1;
        loop {
            if state.over {
                return None;
            }
            if let Some(task) = state.tasks.pop() {
                state.idle -= 1;
                return Some(task);
            }
            if state.idle >= self.threads {
                state.over = true;
                self.changed.notify_all();
                return None;
            }
            state = self.changed.wait(state).ok()?;
        }
    }

    /// Ends the work of everybody, also when one of them fails.
    pub(crate) fn stop(&self) {
        if let Ok(mut state) = self.state.lock() {
            state.over = true;
            self.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn tasks_that_make_tasks_are_all_done_once_and_everybody_comes_home() {
        for threads in [1, 2, 5] {
            let share = Share::new(threads);
            let done = AtomicUsize::new(0);
            share.push(6_u32);
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| {
                        while let Some(task) = share.pop() {
                            done.fetch_add(1, Ordering::Relaxed);
                            for _ in 0..task.min(2) {
                                share.push(task - 1);
                            }
                        }
                    });
                }
            });
            assert_eq!(done.load(Ordering::Relaxed), 1 + 2 + 4 + 8 + 16 + 32 + 32, "{threads} threads");
        }
    }

    #[test]
    fn a_stop_ends_the_waiting() {
        let share: Share<u8> = Share::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| assert_eq!(share.pop(), None));
            share.stop();
        });
    }
}

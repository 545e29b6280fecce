//! Threadline in the browser.

//! What costs/ says: spend, budgets, alerts.

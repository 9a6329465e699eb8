"""When things happen: the calendar, the planner, the courier, the engine."""

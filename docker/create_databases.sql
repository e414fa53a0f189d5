-- Candor's catalog is the default database; Airflow keeps its own beside it.
CREATE DATABASE airflow;

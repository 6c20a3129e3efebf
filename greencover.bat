@echo off
rem Drop a campaign file here: its results come into a folder beside it.
chcp 65001 >nul
if "%~1"=="" (
  echo 请把任务文件（.toml）拖到本文件上。 Drop a campaign file ^(.toml^) onto this file.
) else (
  "%~dp0.venv\Scripts\python.exe" -m greencover assess "%~1" --out "%~dpn1-results"
)
pause

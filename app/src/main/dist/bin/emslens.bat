@echo off
rem Starts EMS Lens with a Java 25 or newer: the one in JAVA_HOME, else one in the usual folders.
setlocal enabledelayedexpansion
set "HERE=%~dp0.."
set "JAVA="
if defined JAVA_HOME call :try "%JAVA_HOME%\bin\java.exe"
for /d %%D in ("%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\jdk*" "%ProgramFiles%\Zulu\*" "%USERPROFILE%\.jdks\*") do call :try "%%~D\bin\java.exe"
for %%J in (java.exe) do call :try "%%~$PATH:J"
if not defined JAVA (
  echo emslens: no Java 25 or newer was found; install a JDK 25 and set JAVA_HOME to its folder. 1>&2
  exit /b 1
)
"%JAVA%" --enable-native-access=ALL-UNNAMED,javafx.graphics --sun-misc-unsafe-memory-access=allow --add-exports java.base/jdk.internal.module=ALL-UNNAMED -XX:MaxRAMPercentage=60 -XX:+UseG1GC -XX:G1HeapRegionSize=1m -XX:InitiatingHeapOccupancyPercent=20 -XX:GCTimeRatio=9 -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=25 -Dorg.bytedeco.javacpp.maxbytes=0 -Dorg.bytedeco.javacpp.maxphysicalbytes=0 --module-path "%HERE%\lib\javafx" --add-modules javafx.controls "@%HERE%\lib\exports.args" -cp "%HERE%\lib\*" org.emslens.app.main.Launcher %*
exit /b %ERRORLEVEL%

:try
if defined JAVA exit /b 0
if not exist "%~1" exit /b 0
for /f "tokens=3" %%V in ('""%~1" -version 2>&1" ^| findstr /i version') do set "V=%%~V"
for /f "delims=." %%M in ("!V!") do if %%M geq 25 set "JAVA=%~1"
exit /b 0

package org.emslens.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.emslens.device.DeviceException;
import org.emslens.format.FileTrouble;
import org.emslens.hub.UserFolders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what went wrong into one sentence; the rest goes to the log. */
public final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private static final String OURS = "org.emslens.";

  private Failures() {}

  public static String sentence(Throwable e) {
    if (e instanceof OutOfMemoryError) {
      return "There is not enough memory for this; try a shorter prompt or a smaller model.";
    }
    if (e instanceof UncheckedIOException wrapped) {
      return sentence(wrapped.getCause());
    }
    if (e instanceof FileSystemException file) {
      return file.getFile() + ": " + FileTrouble.why(file) + ".";
    }
    String message = e.getMessage();
    if (message == null || message.isBlank() || !(e instanceof IOException || said(e))) {
      return "Something failed inside; the log file in " + UserFolders.logs() + " says more.";
    }
    return message.lines().findFirst().orElse(message).strip();
  }

  /**
   * Whether it was thrown by this program, whose messages are sentences for users; those of the
   * libraries speak of their own insides.
   */
  private static boolean said(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length > 0 && trace[0].getClassName().startsWith(OURS);
  }

  /** A user's mistake takes one line of the log; a fault of the program is told with its trace. */
  public static void log(Throwable e) {
    if (isMistake(e)) {
      LOG.info("Refused: {}", sentence(e));
    } else {
      LOG.error("Failed", e);
    }
  }

  private static boolean isMistake(Throwable e) {
    if (e instanceof UncheckedIOException wrapped) {
      return isMistake(wrapped.getCause());
    }
    // What a driver has said stands behind a fault of a device.
    return e instanceof FileSystemException
        || e instanceof DeviceException && e.getCause() == null
        || (e instanceof IOException || e instanceof IllegalArgumentException) && said(e);
  }
}

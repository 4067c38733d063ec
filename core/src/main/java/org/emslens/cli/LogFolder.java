package org.emslens.cli;

import ch.qos.logback.core.PropertyDefinerBase;
import org.emslens.hub.UserFolders;

/** Tells the logging configuration where log files go. */
public final class LogFolder extends PropertyDefinerBase {
  @Override
  public String getPropertyValue() {
    return UserFolders.logs().toString();
  }
}

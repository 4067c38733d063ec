package org.emslens.text;

/**
 * One turn of a chat.
 *
 * @param role system, user or assistant
 */
public record ChatMessage(String role, String content) {}

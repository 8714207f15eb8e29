export { VoiceButton, type VoiceButtonProps } from './voice-button.tsx';
export {
  describeVoiceStatus,
  type VoiceStatus,
  VoiceStatusIndicator,
  type VoiceStatusIndicatorProps,
} from './voice-status-indicator.tsx';
